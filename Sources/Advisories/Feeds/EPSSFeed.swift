/// FIRST's daily table of the Exploit Prediction Scoring System.
package enum EPSSFeed: FeedReader {
    package static func read(
        _ document: FeedDocument, into reading: inout FeedReading<ExploitPrediction>
    ) {
        FeedTableReader<EPSSTable>.read(document, into: &reading)
    }
}
