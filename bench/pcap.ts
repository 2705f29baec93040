/**
 * A pcap file of IKE messages, as raw IPv4 with UDP: only as much as tshark, scapy and the benches need.
 *
 * @module
 */
const FILE_HEAD = 24;
const PACKET_HEAD = 16;
const IP_HEAD = 20;
const UDP_HEAD = 8;
const RAW_IP = 101;

/** One packet per message, from 10.0.0.1 port 500 to 10.0.0.2 port 500, without checksums. */
export function writePcap(messages: readonly Uint8Array[]): Uint8Array {
  const around = PACKET_HEAD + IP_HEAD + UDP_HEAD;
  const file = new Uint8Array(messages.reduce((sum, octets) => sum + around + octets.length, FILE_HEAD));
  const view = new DataView(file.buffer);
  view.setUint32(0, 0xa1b2c3d4);
  view.setUint32(4, 0x00020004);
  view.setUint32(16, 0xffff);
  view.setUint32(20, RAW_IP);
  let at = FILE_HEAD;
  for (const octets of messages) {
    const udp = UDP_HEAD + octets.length;
    view.setUint32(at + 8, IP_HEAD + udp);
    view.setUint32(at + 12, IP_HEAD + udp);
    at += PACKET_HEAD;
    view.setUint16(at, 0x4500);
    view.setUint16(at + 2, IP_HEAD + udp);
    view.setUint16(at + 8, 0x4011);
    file.set([10, 0, 0, 1, 10, 0, 0, 2], at + 12);
    at += IP_HEAD;
    view.setUint16(at, 500);
    view.setUint16(at + 2, 500);
    view.setUint16(at + 4, udp);
    file.set(octets, at + UDP_HEAD);
    at += udp;
  }
  return file;
}

/** The messages of a file that `writePcap` wrote. */
export function* readPcap(file: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = FILE_HEAD; at + PACKET_HEAD <= file.length; ) {
    const start = at + PACKET_HEAD;
    const end = start + view.getUint32(at + 8);
    yield file.subarray(start + IP_HEAD + UDP_HEAD, end);
    at = end;
  }
}
