/**
 * A `Transport` over a UDP socket.
 *
 * dgram-as-promised creates, binds and closes the socket and tells its address. It is not used to receive (it keeps nothing
 * while nobody waits, and repeats old errors) nor to send on a connected socket (it cannot): see test/net/dgram.test.ts.
 *
 * A connected socket (the default) is told about a closed or filtered port, and sees only the peer's address and port. An answer
 * from another port is invisible to it. `connected: false` sees answers from anywhere, marked by `from`, and no obstacles.
 * Both cannot share a source port without SO_REUSEADDR, which on UDP would also share it with an IKE daemon that runs here;
 * so on silence close the one and open the other.
 *
 * @module
 */
import type { SocketOptions } from 'node:dgram';
import { performance } from 'node:perf_hooks';
import { DgramAsPromised, type RemoteInfo, type SocketAsPromised } from 'dgram-as-promised';
import { Inbox } from './inbox.ts';
import { type Endpoint, type Millis, obstacle, type Received, type SendResult, type SourcePortNote, type Transport } from './transport.ts';

/** Where to, where from, and how. */
export interface UdpOptions {
  /** An IP address; names go through `resolvePeer` first. */
  readonly address: string;
  readonly port: number;
  readonly family?: 4 | 6;
  /** The port wanted: by default 500, or 4500 with the marker. Another one is taken when it cannot be bound; 0 is any. */
  readonly sourcePort?: number;
  /** The non-ESP marker of RFC 3948 §2.2 in front of every message; by default on port 4500. */
  readonly marker?: boolean;
  readonly connected?: boolean;
}

/** A UDP transport also knows how many datagrams its inbox had to drop. */
export interface UdpTransport extends Transport {
  readonly dropped: number;
}

/** Opens a socket for one peer. A peer without a route is no error here: each send answers with the obstacle. */
export async function openUdp(options: UdpOptions): Promise<UdpTransport> {
  const family = options.family ?? (options.address.includes(':') ? 6 : 4);
  const marker = options.marker ?? options.port === 4500;
  const { socket, note } = await bound(family, options.sourcePort ?? (marker ? 4500 : 500));
  const peer = { address: options.address, port: options.port };
  const transport = new Udp(socket, peer, marker, note);
  if (options.connected !== false) await transport.connect();
  return transport;
}

async function bound(family: 4 | 6, wanted: number): Promise<{ socket: SocketAsPromised; note?: SourcePortNote }> {
  try {
    return { socket: await bind(family, wanted) };
  } catch (error) {
    const code = errno(error);
    if (wanted === 0 || (code !== 'EACCES' && code !== 'EADDRINUSE')) throw error;
    const socket = await bind(family, 0);
    return { socket, note: { asked: wanted, used: socket.address().port, code } };
  }
}

async function bind(family: 4 | 6, port: number): Promise<SocketAsPromised> {
  const socket = DgramAsPromised.createSocket({ lookup: literal, ...(family === 6 ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' }) });
  try {
    await socket.bind({ port, exclusive: true });
  } catch (error) {
    await socket.close().catch(() => undefined);
    throw error;
  }
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER);
  } catch {
    // the system's own limit stands
  }
  return socket;
}

/** What the socket would ask the name service about an address: the address. Loading the name service takes as long as a request. */
const literal: SocketOptions['lookup'] = (host, _options, done) => done(null, host, host.includes(':') ? 6 : 4);

class Udp implements UdpTransport {
  readonly peer: Endpoint;
  readonly sourcePortNote?: SourcePortNote;
  readonly #socket: SocketAsPromised;
  readonly #inbox = new Inbox<Received>();
  readonly #marker: boolean;
  readonly #sleepers = new Set<() => void>();
  #local: Endpoint | undefined;
  /** The address as the socket writes it, when connected. */
  #connected: string | undefined;
  /** Why connect failed; each send answers with it. */
  #noRoute: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(socket: SocketAsPromised, peer: Endpoint, marker: boolean, note: SourcePortNote | undefined) {
    this.#socket = socket;
    this.peer = peer;
    this.#marker = marker;
    if (note) this.sourcePortNote = note;
    this.#local = endpoint(socket);
    socket.socket.on('message', (bytes, from) => this.#arrived(bytes, from));
    socket.socket.on('error', (error) => this.#hit(errno(error)));
  }

  get local(): Endpoint | undefined {
    return this.#local;
  }

  get dropped(): number {
    return this.#inbox.dropped;
  }

  async connect(): Promise<void> {
    const { socket } = this.#socket;
    const error = await new Promise<Error | undefined>((resolve) => {
      socket.connect(this.peer.port, this.peer.address, ((failure?: Error) => resolve(failure)) as () => void);
    });
    if (error) {
      this.#noRoute = errno(error);
      return;
    }
    this.#connected = socket.remoteAddress().address;
    this.#local = endpoint(this.#socket);
  }

  clock(): Millis {
    return performance.now();
  }

  sleepUntil(at: Millis): Promise<void> {
    if (this.#closing) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, span(at - this.clock()));
      this.#sleepers.add(wake);
    });
  }

  async send(bytes: Uint8Array): Promise<SendResult> {
    const packet = this.#marker ? withMarker(bytes) : bytes;
    // An ICMP error of an earlier datagram can surface in the send call, and then nothing was sent: hence once more.
    for (let attempt = 1; ; attempt++) {
      const code = this.#closing ? 'CLOSED' : (this.#noRoute ?? (await this.#transmit(packet)));
      if (code === undefined) return { sent: true };
      const blocked = OBSTACLES.has(code);
      if (blocked) this.#hit(code);
      if (!blocked || this.#noRoute || attempt === 2) return { sent: false, code };
    }
  }

  receive(until: Millis): Promise<Received | undefined> {
    return this.#inbox.next((expire) => {
      // After a busy spell timers fire before the socket is read: what came in time is there one turn later.
      const timer = setTimeout(() => setImmediate(expire), span(until - this.clock()));
      return () => clearTimeout(timer);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#socket.close();
    this.#inbox.close();
    for (const wake of this.#sleepers) wake();
    return this.#closing;
  }

  /** Resolves to undefined when sent, to an errno name otherwise. */
  #transmit(packet: Uint8Array): Promise<string | undefined> {
    const { socket } = this.#socket;
    return new Promise((resolve) => {
      const done = (error: Error | null): void => resolve(error ? errno(error) : undefined);
      try {
        if (this.#connected === undefined) socket.send(packet, this.peer.port, this.peer.address, done);
        else socket.send(packet, done);
      } catch (error) {
        resolve(errno(error));
      }
    });
  }

  #arrived(packet: Uint8Array, from: RemoteInfo): void {
    if (this.#connected !== undefined && (from.port !== this.peer.port || from.address !== this.#connected)) return;
    const bytes = this.#marker ? withoutMarker(packet) : packet;
    if (!bytes) return;
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const stranger = from.port !== this.peer.port || from.address !== (this.#connected ?? this.peer.address);
    const source = stranger ? { from: { address: from.address, port: from.port } } : {};
    this.#inbox.push({ kind: 'datagram', datagram: { bytes: plain, at: this.clock(), ...source } }, plain.length);
  }

  #hit(code: string): void {
    this.#inbox.push({ kind: obstacle(code), code, at: this.clock() });
  }
}

function withMarker(bytes: Uint8Array): Uint8Array {
  const packet = new Uint8Array(MARKER + bytes.length);
  packet.set(bytes, MARKER);
  return packet;
}

/** Undefined for what is not IKE: ESP, and the NAT keepalive of one octet 0xFF. @see RFC 3948 §2.2, §2.3 */
function withoutMarker(packet: Uint8Array): Uint8Array | undefined {
  if (packet.length < MARKER || packet[0] || packet[1] || packet[2] || packet[3]) return undefined;
  return packet.subarray(MARKER);
}

function endpoint(socket: SocketAsPromised): Endpoint {
  const { address, port } = socket.address();
  return { address, port };
}

function errno(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

/** A span that setTimeout takes; rounded up, so that a deadline has passed when it ends. */
function span(ms: Millis): number {
  return Math.min(Math.max(Math.ceil(ms), 0), 0x7fffffff);
}

const MARKER = 4;
/** Octets; enough for the answers to a burst while the process computes. */
const RECEIVE_BUFFER = 4 * 1024 * 1024;
const OBSTACLES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'EACCES',
  'EPERM',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
]);
