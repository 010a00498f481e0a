// Zip files, which workbooks are: taken apart into their parts and put together again.

async function through(stream, bytes) {
  const flow = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(flow).arrayBuffer());
}

// The parts of a zip file by name, in their order.
async function unzipped(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const short = (at) => view.getUint16(at, true);
  const long = (at) => view.getUint32(at, true);
  const end = bytes.length - 22;  // a file of ours has no comment after its directory
  const parts = new Map();
  for (let entry = 0, at = long(end + 16); entry < short(end + 10); entry++) {
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + short(at + 28)));
    const local = long(at + 42);
    const start = local + 30 + short(local + 26) + short(local + 28);
    const packed = bytes.subarray(start, start + long(at + 20));
    const isStored = short(at + 10) === 0;
    parts.set(name, isStored ? packed : await through(new DecompressionStream("deflate-raw"), packed));
    at += 46 + short(at + 28) + short(at + 30) + short(at + 32);
  }
  return parts;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

function checksum(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}

// Numbers of the format, each with how many bytes it has, the lowest first.
function record(...fields) {
  const bytes = [];
  for (const [value, size] of fields) {
    for (let n = 0; n < size; n++) bytes.push(Math.floor(value / 256 ** n) % 256);
  }
  return Uint8Array.from(bytes);
}

// A zip file of parts; all of the first day that the format knows.
async function zipped(parts) {
  const FIRST_DAY = 0x21;
  const written = [];
  const directory = [];
  let size = 0;
  const put = (list, ...pieces) => pieces.forEach((piece) => list.push(piece));
  for (const [name, content] of parts) {
    const label = new TextEncoder().encode(name);
    const packed = await through(new CompressionStream("deflate-raw"), content);
    const about = [[20, 2], [0x800, 2], [8, 2], [0, 2], [FIRST_DAY, 2],
      [checksum(content), 4], [packed.length, 4], [content.length, 4], [label.length, 2], [0, 2]];
    put(directory, record([0x02014b50, 4], [20, 2], ...about, [0, 2], [0, 2], [0, 2], [0, 4], [size, 4]), label);
    put(written, record([0x04034b50, 4], ...about), label, packed);
    size += 30 + label.length + packed.length;
  }
  const length = directory.reduce((sum, piece) => sum + piece.length, 0);
  const end = record([0x06054b50, 4], [0, 2], [0, 2], [parts.size, 2], [parts.size, 2], [length, 4], [size, 4], [0, 2]);
  return new Blob([...written, ...directory, end]).arrayBuffer().then((buffer) => new Uint8Array(buffer));
}
