#!/usr/bin/env python3
"""Verifies an exported transparency log without a line of patchflow's own code.

It needs Python 3.9 and the package `cryptography`, and nothing else: no database, no server, no
network. It is written from the specifications (RFC 6962, C2SP signed-note, tlog-checkpoint,
tlog-cosignature and tlog-tiles), so that what patchflow says of its log can be checked by other means.

    verify_log.py LOG --key VKEY [--origin NAME] [--since CHECKPOINT] [--witness VKEY --quorum N]

LOG is a folder or a .tar file with `checkpoint`, `tile/<L>/<N>[.p/<W>]` and
`tile/entries/<N>[.p/<W>]`, or a bundle of patchflow's, which has `manifest.json` and perhaps
`documents/<SHA-256>` besides. A bundle that is a selection has `entries/<POSITION>` in place of
entry bundles, and the tiles on the way from those to the root. VKEY is a verifier key,
`NAME+HASH+BASE64`, or a file that holds one on each line; --key and --witness may be repeated. Of the
log's keys one must have signed, of the witnesses N (all of them, if not given). Checked are

  1. the checkpoint's signature, origin and cosignatures,
  2. every entry: it is a JSON object whose position is its index plus one,
  3. every tile: its hashes are those recomputed from the entries,
  4. the root: the one recomputed from the entries is the one that was signed,
  5. with --since, that an older checkpoint by the same key is the beginning of this one,
  6. of a selection, each entry and tile against the signed root instead of 3 and 4, and the times
     of its entries against the dates that it was chosen by,
  7. that documents have the SHA-256 that they are named by, and that nothing is missing that the
     manifest lists.

Prints one line of JSON: `result` is `sound`, `tampered` or `incomplete`; `position` is the first
bad position (counted from 1) where one is known; `reason` is for people. A tampered log whose tiles
are untouched has the position of the changed entry; one whose tiles were recomputed as well is
betrayed by the signed root alone, and then only --since, or a witness, can tell from where on.

Exit status: 0 sound, 9 tampered, 2 incomplete or unreadable.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import sys
import tarfile

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None

TILE_WIDTH = 256
STATUS = {"sound": 0, "tampered": 9, "incomplete": 2}


class Verdict(Exception):
    """Ends the verification with a result."""

    def __init__(self, result, reason, position=None):
        super().__init__(reason)
        self.result = result
        self.reason = reason
        self.position = position


def tampered(reason, position=None):
    return Verdict("tampered", reason, position)


def incomplete(reason, position=None):
    return Verdict("incomplete", reason, position)


# Where the log is read from


class Folder:
    def __init__(self, path):
        self.path = path

    def read(self, name):
        """The bytes of a file, None when there is none."""
        try:
            with open(os.path.join(self.path, *name.split("/")), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def names(self):
        """The path of every file, in order."""
        found = []
        for folder, _, files in os.walk(self.path):
            for file in files:
                path = os.path.relpath(os.path.join(folder, file), self.path)
                found.append(path.replace(os.sep, "/"))
        return sorted(found)


class Archive:
    def __init__(self, path):
        self.tar = tarfile.open(path, "r:")
        self.members = {}
        for member in self.tar.getmembers():
            if member.isfile():
                name = re.sub(r"^(\./)+", "", member.name)
                if name in self.members:
                    raise incomplete(f"{name} is in the archive twice")
                self.members[name] = member
        check_framing(path, "manifest.json" in self.members)

    def read(self, name):
        member = self.members.get(name)
        return self.tar.extractfile(member).read() if member else None

    def names(self):
        return sorted(self.members)


def check_framing(path, is_bundle):
    """Every header is one, nothing but zeros is between the files, and the archive has its end:
    what tarfile passes over could be a part that is missing."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        while True:
            offset = file.tell()
            header = file.read(512)
            if len(header) < 512:
                raise incomplete(f"the archive ends at byte {size} without a mark of its end")
            if not any(header):
                rest = file.read()
                if len(rest) < 512 or any(rest):
                    raise incomplete(f"byte {offset} is not where the archive ends")
                if is_bundle and len(rest) > 512:
                    raise incomplete(f"there are bytes behind the end, from byte {offset + 1024} on")
                return
            try:
                stated = int(header[148:156].strip(b"\0 ") or b"-1", 8)
                length = int(header[124:136].strip(b"\0 ") or b"0", 8)
            except ValueError:
                stated = length = -1
            if stated != sum(header[:148]) + 8 * ord(" ") + sum(header[156:]):
                raise incomplete(f"byte {offset} is not where a part begins")
            file.seek(length, os.SEEK_CUR)
            if file.tell() > size:
                raise incomplete(f"the archive ends at byte {size}: it was cut off")
            if any(file.read(-length % 512)):
                raise incomplete(f"there are bytes that belong to no part, before {file.tell()}")


def open_log(path):
    if os.path.isdir(path):
        return Folder(path)
    try:
        return Archive(path)
    except (OSError, tarfile.TarError) as error:
        raise incomplete(f"{path} is neither a folder nor an archive: {error}")


# Notes and checkpoints


def decode_base64(text):
    """Standard base64 in its one form; None for anything else."""
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return content if base64.b64encode(content).decode() == text else None


class Key:
    """A verifier key: type 1 signs notes, type 4 cosigns checkpoints with a time (cosignature/v1)."""

    def __init__(self, text, kind):
        parts = text.strip().split("+", 2)
        content = decode_base64(parts[2]) if len(parts) == 3 else None
        if content is None or len(content) != 33 or content[0] != kind:
            raise incomplete(f"{text!r} is not NAME+HASH+BASE64 of an Ed25519 key of type {kind}")
        self.name = parts[0]
        self.kind = kind
        self.hash = hashlib.sha256(self.name.encode() + b"\n" + content).digest()[:4]
        if self.hash.hex() != parts[1]:
            raise incomplete("the key's hash is not that of its name and key")
        try:
            self.public = Ed25519PublicKey.from_public_bytes(content[1:])
        except ValueError as error:
            raise incomplete(f"the key is not an Ed25519 key: {error}")

    def accepts(self, text, signature):
        if self.kind == 4:
            if len(signature) != 72 or signature[0] > 127:
                return False
            time = int.from_bytes(signature[:8], "big")
            text = b"cosignature/v1\ntime %d\n" % time + text
            signature = signature[8:]
        try:
            self.public.verify(signature, text)
            return True
        except InvalidSignature:
            return False


def read_keys(texts, kind):
    """The keys that stand in `texts`, or in the files of those names."""
    keys = []
    for text in texts:
        if os.path.isfile(text):
            with open(text, encoding="utf-8", errors="replace") as file:
                text = file.read()
        keys += [Key(line, kind) for line in text.splitlines() if line.strip()]
    return keys


class Checkpoint:
    """A checkpoint that one of `keys` has signed rightly, and `quorum` of the witnesses."""

    def __init__(self, content, keys, origin, what, witnesses=(), quorum=0):
        divide = content.rfind(b"\n\n")
        if divide < 0:
            raise incomplete(f"{what} is not a signed note")
        text, lines = content[: divide + 1], content[divide + 2 :]
        if not lines.endswith(b"\n"):
            raise incomplete(f"{what} ends within a signature line")
        signers = set()
        for line in lines[:-1].split(b"\n"):
            line = line.decode("utf-8", "replace")
            match = re.fullmatch("\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)", line)
            signature = decode_base64(match.group(2)) if match else None
            if signature is None or len(signature) < 5:
                raise incomplete(f"{what} has a line that is no signature")
            for key in [*keys, *witnesses]:
                if match.group(1) == key.name and signature[:4] == key.hash:
                    if not key.accepts(text, signature[4:]):
                        raise tampered(f"the signature of {what} by {key.name} is wrong")
                    signers.add(key)
        if not signers.intersection(keys):
            raise tampered(f"{what} is not signed by {keys[0].name}")
        self.missing = quorum - len(signers.intersection(witnesses))
        match = re.fullmatch(rb"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([^\n]+)\n(?:[^\n]+\n)*", text)
        root = decode_base64(match.group(3).decode("utf-8", "replace")) if match else None
        if root is None or len(root) != 32:
            raise incomplete(f"{what} is not an origin, a size and a root")
        self.origin = match.group(1).decode("utf-8", "replace")
        self.size = int(match.group(2))
        self.root = root
        if self.origin != origin:
            raise tampered(f"{what} is of another log, {self.origin}")


# The tree


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the perfect subtrees that the leaves so far fall into, largest first."""

    def __init__(self):
        self.peaks = []
        self.size = 0

    def add(self, hash_):
        self.size += 1
        rest = self.size
        while rest % 2 == 0:
            hash_ = node_hash(self.peaks.pop(), hash_)
            rest //= 2
        self.peaks.append(hash_)

    def root(self):
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def perfect_root(hashes):
    """The root above 2^n hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


# Tiles


def tile_path(level, index, width=TILE_WIDTH):
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.append(f"x{index % 1000:03}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/" + "/".join(reversed(groups)) + partial


def read_tile(log, level, index, width):
    """The path and content of a tile or bundle: of the full one when the partial one is gone."""
    for path in (tile_path(level, index, width), tile_path(level, index)):
        content = log.read(path)
        if content is not None:
            return path, content
    first = index * TILE_WIDTH * (1 if level == "entries" else TILE_WIDTH**level) + 1
    raise incomplete(f"{tile_path(level, index, width)} is missing", first)


def compare_tile(log, level, index, hashes):
    """A tile must have the recomputed hashes, and no others unless it is wider."""
    path, content = read_tile(log, level, index, len(hashes))

    def position(place):
        return (index * TILE_WIDTH + place) * TILE_WIDTH**level + 1

    for place, hash_ in enumerate(hashes):
        if content[32 * place : 32 * place + 32] != hash_:
            raise tampered(f"hash {place} of {path} is not that of the entries", position(place))
    is_wider = path != tile_path(level, index, len(hashes))
    if len(content) != 32 * (TILE_WIDTH if is_wider else len(hashes)):
        raise tampered(f"{path} has {len(content)} bytes", position(len(hashes) - 1))


def entries_of(content, width, path, first):
    """The first `width` entries of a bundle whose first entry has the index `first`."""
    offset = 0
    for number in range(width):
        end = offset + 2 + int.from_bytes(content[offset : offset + 2], "big")
        if end > len(content):
            raise tampered(f"{path} ends at its entry {number} of {width}", first + number + 1)
        yield content[offset + 2 : end]
        offset = end
    if offset != len(content) and path == tile_path("entries", first // TILE_WIDTH, width):
        raise tampered(f"{path} goes on after its last entry", first + width)


def check_entry(entry, position):
    """An entry is a JSON object with its keys in order and its position in the log."""
    try:
        members = json.loads(entry.decode("utf-8"), object_pairs_hook=list)
    except ValueError as error:
        raise tampered(f"the entry is not JSON: {error}", position)
    except RecursionError:
        raise incomplete("the entry is nested too deeply for Python", position)
    if entry[:1] != b"{":
        raise tampered("the entry is not a JSON object", position)
    keys = [key for key, _ in members]
    if keys != sorted(set(keys)):
        raise tampered("the entry's keys are not in order, or one stands twice", position)
    said = dict(members).get("position")
    if type(said) is not int or said != position:
        raise tampered(f"the entry says that its position is {said}", position)


class UpperTiles:
    """Recomputes the tiles above level 0, and compares each as it is complete."""

    def __init__(self, log):
        self.log = log
        self.rows = []  # of levels 1, 2, ...: the hashes of the tile that is being filled
        self.full = []  # of the same levels: how many tiles were full

    def add(self, leaves):
        """Adds a full tile of level 0."""
        level, hashes = 0, leaves
        while len(hashes) == TILE_WIDTH:
            root = perfect_root(hashes)
            if level == len(self.rows):
                self.rows.append([])
                self.full.append(0)
            self.rows[level].append(root)
            hashes = self.rows[level]
            level += 1
            if len(hashes) == TILE_WIDTH:
                compare_tile(self.log, level, self.full[level - 1], hashes)
                self.full[level - 1] += 1
                self.rows[level - 1] = []

    def finish(self):
        """Compares the partial tiles at the right edge."""
        for level, (hashes, index) in enumerate(zip(self.rows, self.full), start=1):
            if hashes:
                compare_tile(self.log, level, index, hashes)


def verify(log, checkpoint, older):
    """Recomputes everything from the entries, bundle by bundle, in bounded memory."""
    tree = Frontier()
    upper = UpperTiles(log)
    if older and older.size == 0 and older.root != tree.root():
        raise tampered("the older checkpoint has a root that no empty log has")
    for bundle in range((checkpoint.size + TILE_WIDTH - 1) // TILE_WIDTH):
        first = bundle * TILE_WIDTH
        hashes = verify_bundle(log, bundle, first, min(TILE_WIDTH, checkpoint.size - first))
        for hash_ in hashes:
            tree.add(hash_)
            if older and tree.size == older.size and tree.root() != older.root:
                raise tampered("the log does not begin with what the older checkpoint signed")
        upper.add(hashes)
    upper.finish()
    if tree.root() != checkpoint.root:
        raise tampered("the entries have another root than the signed one")


def verify_bundle(log, bundle, first, width):
    """The leaf hashes of a bundle whose entries are what its tile says."""
    path, content = read_tile(log, "entries", bundle, width)
    _, tile = read_tile(log, 0, bundle, width)
    hashes = []
    for entry in entries_of(content, width, path, first):
        position = first + len(hashes) + 1
        hash_ = leaf_hash(entry)
        if tile[32 * len(hashes) : 32 * len(hashes) + 32] != hash_:
            raise tampered("the entry is not the one whose hash is in the tree", position)
        check_entry(entry, position)
        hashes.append(hash_)
    compare_tile(log, 0, bundle, hashes)
    return hashes


# Selections


class SelectedTiles:
    """Tiles of a selection, each shown to be below the signed root."""

    def __init__(self, log, size):
        self.log = log
        self.size = size
        self.authentic = {}

    def width(self, level, index):
        return min(TILE_WIDTH, (self.size >> (8 * level)) - index * TILE_WIDTH)

    def read(self, level, index):
        width = self.width(level, index)
        path = tile_path(level, index, width)
        content = self.log.read(path)
        if content is None:
            raise incomplete(f"{path} is missing")
        if len(content) != 32 * width:
            raise tampered(f"{path} has {len(content)} bytes")
        return [content[32 * i : 32 * i + 32] for i in range(width)]

    def root(self):
        """The root that the partial tiles at the right edge have together."""
        peaks = []
        for level in reversed(range(8)):
            hashes = self.size >> (8 * level)
            if hashes % TILE_WIDTH:
                peaks += perfect_roots(self.read(level, hashes // TILE_WIDTH))
        return root_above(peaks)

    def leaf(self, index):
        return self.hash(0, index)

    def hash(self, level, index):
        tile, place = divmod(index, TILE_WIDTH)
        if (level, tile) not in self.authentic:
            hashes = self.read(level, tile)
            if len(hashes) == TILE_WIDTH and self.hash(level + 1, tile) != perfect_root(hashes):
                first = tile * TILE_WIDTH * TILE_WIDTH**level + 1
                raise tampered(f"{tile_path(level, tile)} is not below the signed root", first)
            self.authentic[level, tile] = hashes
        return self.authentic[level, tile][place]

    def node(self, start, count):
        """The hash above `count` leaves from `start` on, as RFC 6962 divides a tree."""
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            level, inner = divmod(height, 8)
            tile, place = divmod((start >> height) << inner, TILE_WIDTH)
            return perfect_root(self.read(level, tile)[place : place + (1 << inner)])
        left = split(count)
        return node_hash(self.node(start, left), self.node(start + left, count - left))

    def consistency(self, older, count, start=0, size=None, is_whole=True):
        """The old and the new root as the proof between them makes them (RFC 6962, 2.1.2)."""
        size = self.size if size is None else size
        if count == size:
            hash_ = older.root if is_whole else self.node(start, size)
            return hash_, hash_
        left = split(size)
        if count <= left:
            old, new = self.consistency(older, count, start, left, is_whole)
            return old, node_hash(new, self.node(start + left, size - left))
        hash_ = self.node(start, left)
        old, new = self.consistency(older, count - left, start + left, size - left, False)
        return node_hash(hash_, old), node_hash(hash_, new)


def split(count):
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def perfect_roots(hashes):
    """The roots of the perfect subtrees that the hashes fall into, largest first."""
    roots = []
    while hashes:
        count = 1 << (len(hashes).bit_length() - 1)
        roots.append(perfect_root(hashes[:count]))
        hashes = hashes[count:]
    return roots


def root_above(peaks):
    if not peaks:
        return hashlib.sha256(b"").digest()
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def verify_selection(log, checkpoint, older, selection):
    tiles = SelectedTiles(log, checkpoint.size)
    if tiles.root() != checkpoint.root:
        raise tampered("the tiles have another root than the signed one")
    if older and 0 < older.size < checkpoint.size:
        if tiles.consistency(older, older.size) != (older.root, checkpoint.root):
            raise tampered("the log does not begin with what the older checkpoint signed")
    positions = sorted(
        int(name[8:]) for name in log.names() if re.fullmatch("entries/[1-9][0-9]{0,18}", name)
    )
    gap = missing_position(selection, positions)
    for position in positions:
        if position > checkpoint.size:
            raise tampered("the entry lies behind the checkpoint", position)
        entry = log.read(f"entries/{position}")
        try:
            leaf = tiles.leaf(position - 1)
        except Verdict as verdict:
            if verdict.position is None:
                verdict.position = position
            raise
        if leaf != leaf_hash(entry):
            raise tampered("the entry is not the one whose hash is in the tree", position)
        check_entry(entry, position)
        if selection.get("kind") == "dates":
            check_dates(selection, entry, position)
    if gap is not None:
        raise incomplete("an entry of the range is missing", gap)


def check_dates(selection, entry, position):
    """Times are written in one form, so that their texts have their order."""
    recorded = json.loads(entry)["recorded_at"]
    is_before = "from" in selection and recorded < selection["from"]
    is_after = "to" in selection and recorded >= selection["to"]
    wanted = (position < selection["first"], position > selection["last"])
    if (is_before, is_after) != wanted:
        raise tampered(f"the entry was recorded at {recorded}, on the other side of a date", position)


def missing_position(selection, positions):
    """The first position of a range that isn't there."""
    if selection.get("kind") not in ("range", "dates"):
        return None
    there = set(positions)
    wanted = range(selection["first"], selection["last"] + 1)
    return next((position for position in wanted if position not in there), None)


# Documents and manifest


def entries_in_order(log, checkpoint):
    """Every entry that can be read, with its position."""
    for name in log.names():
        if re.fullmatch("entries/[1-9][0-9]{0,18}", name):
            yield int(name[8:]), log.read(name)
    for bundle in range((checkpoint.size + TILE_WIDTH - 1) // TILE_WIDTH):
        first = bundle * TILE_WIDTH
        width = min(TILE_WIDTH, checkpoint.size - first)
        path = tile_path("entries", bundle, width)
        content = log.read(path)
        if content is not None:
            for place, entry in enumerate(entries_of(content, width, path, first)):
                yield first + place + 1, entry


def verify_documents(log, checkpoint):
    for name in log.names():
        if not name.startswith("documents/"):
            continue
        digest = name[len("documents/") :]
        if hashlib.sha256(log.read(name)).hexdigest() != digest:
            naming = [
                position
                for position, entry in entries_in_order(log, checkpoint)
                if digest.encode() in entry
            ]
            raise tampered(f"{name} is another document", min(naming, default=None))


def read_manifest(log, checkpoint):
    """What a bundle says that it holds; None for a log without such words."""
    content = log.read("manifest.json")
    if content is None:
        return None
    try:
        manifest = json.loads(content)
        parts = [(part["name"], part["bytes"]) for part in manifest["parts"]]
        said = (manifest["origin"], manifest["size"])
        manifest["selection"]["kind"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise incomplete(f"the manifest can't be read: {error!r}")
    if said != (checkpoint.origin, checkpoint.size):
        raise tampered("the manifest is not for this checkpoint")
    for name, size in parts:
        found = log.read(name)
        if found is None or len(found) != size:
            raise incomplete(f"{name} is listed in the manifest and is not there")
    return manifest


def main():
    parser = argparse.ArgumentParser(description="Verifies an exported transparency log.")
    parser.add_argument("log", help="a folder or a .tar file")
    parser.add_argument(
        "--key", action="append", required=True, help="the log's verifier key, or a file with it"
    )
    parser.add_argument(
        "--witness", action="append", default=[], help="a witness's verifier key, or a file with it"
    )
    parser.add_argument("--quorum", type=int, help="how many witnesses must have cosigned")
    parser.add_argument("--origin", help="the log's origin; the key's name if not given")
    parser.add_argument("--since", help="an older checkpoint that this one must continue")
    arguments = parser.parse_args()
    answer = {}
    try:
        if Ed25519PublicKey is None:
            raise incomplete("the Python package 'cryptography' is not installed")
        run(arguments, answer)
        answer["result"] = "sound"
    except Verdict as verdict:
        answer["result"] = verdict.result
        if verdict.position is not None:
            answer["position"] = verdict.position
        answer["reason"] = verdict.reason
    except (OSError, tarfile.TarError) as error:
        answer["result"] = "incomplete"
        answer["reason"] = str(error)
    print(json.dumps(answer, ensure_ascii=False, sort_keys=True))
    return STATUS[answer["result"]]


def run(arguments, answer):
    keys = read_keys(arguments.key, 1)
    witnesses = read_keys(arguments.witness, 4)
    if not keys:
        raise incomplete("no key of the log is known")
    quorum = len(witnesses) if arguments.quorum is None else arguments.quorum
    origin = arguments.origin or keys[0].name
    log = open_log(arguments.log)
    content = log.read("checkpoint")
    if content is None:
        raise incomplete("the checkpoint is missing")
    checkpoint = Checkpoint(content, keys, origin, "the checkpoint", witnesses, quorum)
    answer["size"] = checkpoint.size
    answer["root"] = base64.b64encode(checkpoint.root).decode()
    older = None
    if arguments.since:
        with open(arguments.since, "rb") as file:
            older = Checkpoint(file.read(), keys, origin, "the older checkpoint", witnesses)
        answer["since"] = older.size
        if older.size > checkpoint.size:
            raise tampered("the log is smaller than it was", checkpoint.size + 1)
        if older.size == checkpoint.size and older.root != checkpoint.root:
            raise tampered("two checkpoints of one size have different roots")
    manifest = read_manifest(log, checkpoint)
    if manifest is None or manifest["selection"]["kind"] == "whole":
        verify(log, checkpoint, older)
    else:
        verify_selection(log, checkpoint, older, manifest["selection"])
    verify_documents(log, checkpoint)
    if checkpoint.missing > 0:
        raise incomplete(f"the cosignatures of {checkpoint.missing} more witnesses are asked for")


if __name__ == "__main__":
    sys.exit(main())
