internal import APIContract
package import Application
private import EventSourcing
internal import FoundationEssentials
internal import Hummingbird
private import NIOCore

/// What a route answers.
package struct Answer: Sendable {
    package var status: Int
    package var mediaType: String
    package var content: [UInt8]
    /// Goes into `ETag`.
    package var version: Int?
    package var location: String?
    package var cacheControl = "no-store"

    package init(
        status: Int = 200, mediaType: String = "application/json", content: [UInt8],
        version: Int? = nil, location: String? = nil
    ) {
        self.status = status
        self.mediaType = mediaType
        self.content = content
        self.version = version
        self.location = location
    }

    package static func json(
        _ value: some Encodable, status: Int = 200, version: Int? = nil, location: String? = nil
    ) throws -> Answer {
        Answer(
            status: status, content: Array(try WireJSON.encode(value)), version: version,
            location: location)
    }

    /// A document as the read model holds it. Its own `version` goes into `ETag`.
    package static func document(_ bytes: [UInt8]) throws -> Answer {
        struct Versioned: Decodable {
            let version: Int?
        }
        let version = try CanonicalJSON.decode(Versioned.self, from: bytes).version
        return Answer(content: bytes, version: version)
    }

    package static func view(_ view: View) throws -> Answer { try document(view.document) }

    /// `{"data": [...], "next": ..., "position": ...}`, the documents untouched.
    package static func page(_ page: DocumentPage) throws -> Answer {
        var content = Array("{\"data\":[".utf8)
        for (index, document) in page.documents.enumerated() {
            if index > 0 { content.append(UInt8(ascii: ",")) }
            content += document
        }
        let next = try page.next.map { Array(try WireJSON.encode($0)) } ?? Array("null".utf8)
        content += Array("],\"next\":".utf8) + next
        content += Array(",\"position\":\(page.position)}".utf8)
        return Answer(content: content)
    }

    /// What a write changed. 201 with `location` when it made something, 202 when work follows.
    package static func receipt(
        _ written: Written, status: Int = 200, location: String? = nil
    ) throws -> Answer {
        try .json(
            Receipt(
                id: written.id.text, state: written.state, version: written.version,
                position: written.position),
            status: status, version: written.version, location: location)
    }

    package static func text(
        _ text: String, status: Int = 200, mediaType: String = "text/plain; charset=utf-8"
    ) -> Answer {
        Answer(status: status, mediaType: mediaType, content: Array(text.utf8))
    }

    func response(requestID: String) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = mediaType
        headers[.cacheControl] = cacheControl
        if let name = HTTPFields.Element.Name("x-request-id") { headers[name] = requestID }
        if let version { headers[.eTag] = "\"\(version)\"" }
        if let location { headers[.location] = location }
        return Response(
            status: HTTPResponse.Status(code: status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: content)))
    }
}
