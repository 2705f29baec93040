/**
 * Cursor over octets in network byte order, and its counterpart for writing.
 *
 * Rule 1: a `Reader` never looks beyond its end; every read names its field, every fault has an absolute offset.
 * Rule 2: octet strings are views into the input, not copies.
 *
 * @module
 */
import { type DecodeCode, DecodeError, type DecodeFault } from './errors.ts';

const NOTHING = new Uint8Array(0);
const FIRST_CAPACITY = 512;
/** Up to this many octets a loop is faster than a call of `set`. */
const SHORT = 24;

/**
 * Reads fields one after another. Throws `DecodeError` ('truncated' unless said otherwise).
 *
 * @example
 * const body = r.sub(r.u16('length') - 4, 'payload');
 * const spi = body.take(body.u8('spiSize'), 'spi');
 * body.done('payload');
 */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #base: number;
  readonly #start: number;
  #at: number;

  /** Reads `bytes` from `start` up to `end`; `base` is what the fault offsets of `bytes[0]` begin at. */
  constructor(bytes: Uint8Array, base = 0, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#base = base;
    this.#start = start;
    this.#at = start;
    this.#end = end;
  }

  /** How many octets are left. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** Absolute offset of the next octet. */
  get offset(): number {
    return this.#base + this.#at;
  }

  /** One octet. */
  u8(field: string): number {
    const at = this.#at;
    if (at >= this.#end) throw this.error('truncated', field);
    this.#at = at + 1;
    return this.#bytes[at] as number;
  }

  /** Two octets, big-endian. */
  u16(field: string): number {
    const at = this.#at;
    if (at + 2 > this.#end) throw this.error('truncated', field);
    this.#at = at + 2;
    return ((this.#bytes[at] as number) << 8) | (this.#bytes[at + 1] as number);
  }

  /** Three octets, big-endian. */
  u24(field: string): number {
    if (this.left < 3) throw this.error('truncated', field);
    return (this.u8(field) << 16) | this.u16(field);
  }

  /** Four octets, big-endian, unsigned. */
  u32(field: string): number {
    if (this.left < 4) throw this.error('truncated', field);
    return this.u16(field) * 0x10000 + this.u16(field);
  }

  /** A view of the next `count` octets. */
  take(count: number, field: string): Uint8Array {
    const at = this.#at;
    if (count > this.#end - at) throw this.error('truncated', field);
    if (count === 0) return NOTHING;
    this.#at = at + count;
    return this.#bytes.subarray(at, at + count);
  }

  /** A view of everything that is left; afterwards nothing is. */
  rest(): Uint8Array {
    return this.take(this.left, 'rest');
  }

  /** A view of everything that it was given, read or not. */
  whole(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** A reader of what is left, which stays unread here. */
  ahead(): Reader {
    return new Reader(this.#bytes, this.#base, this.#at, this.#end);
  }

  /** Two octets, `ahead` of the next one, which stay unread. The caller knows that they are there. */
  peek16(ahead: number): number {
    const at = this.#at + ahead;
    return ((this.#bytes[at] as number) << 8) | (this.#bytes[at + 1] as number);
  }

  /** A reader of the next `count` octets, which this one leaves behind. 'length-too-small' | 'length-too-large' */
  sub(count: number, field: string): Reader {
    const at = this.#at;
    if (count < 0) throw this.error('length-too-small', field);
    if (count > this.#end - at) throw this.error('length-too-large', field);
    this.#at = at + count;
    return new Reader(this.#bytes, this.#base, at, at + count);
  }

  /** 'trailing-bytes' unless everything was read. */
  done(field: string): void {
    if (this.#at < this.#end) throw this.error('trailing-bytes', field);
  }

  /** A fault at the present place, or `back` octets before it. */
  fault(code: DecodeCode, field: string, back = 0): DecodeFault {
    return { code, offset: this.offset - back, field };
  }

  /** The same as something to throw. */
  error(code: DecodeCode, field: string): DecodeError {
    return new DecodeError(this.fault(code, field));
  }
}

/** Writes fields one after another into a buffer that grows. Numbers are cut to the width of their field. */
export class Writer {
  #bytes: Uint8Array;
  #at = 0;

  /** `capacity` is the first size of the buffer in octets. */
  constructor(capacity = FIRST_CAPACITY) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** How many octets have been written. */
  get length(): number {
    return this.#at;
  }

  u8(value: number): this {
    this.#room(1);
    this.#bytes[this.#at++] = value;
    return this;
  }

  u16(value: number): this {
    this.#room(2);
    this.#bytes[this.#at++] = value >>> 8;
    this.#bytes[this.#at++] = value;
    return this;
  }

  u24(value: number): this {
    return this.u8(value >>> 16).u16(value);
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value);
  }

  put(octets: Uint8Array): this {
    const count = octets.length;
    this.#room(count);
    if (count > SHORT) this.#bytes.set(octets, this.#at);
    else for (let i = 0; i < count; i++) this.#bytes[this.#at + i] = octets[i] as number;
    this.#at += count;
    return this;
  }

  /**
   * Writes over the 16 bits at `at`: the way lengths are patched in after what they count.
   * Throws `RangeError` for a number of more than 16 bits, which is a mistake of the caller.
   */
  patch16(at: number, value: number): this {
    if (value > 0xffff) throw new RangeError(`${value} does not fit into a length field of 16 bits`);
    this.#bytes[at] = value >>> 8;
    this.#bytes[at + 1] = value;
    return this;
  }

  /** Writes over the 32 bits at `at`. */
  patch32(at: number, value: number): this {
    return this.patch16(at, value >>> 16).patch16(at + 2, value & 0xffff);
  }

  /** What has been written, as an array of its own. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  #room(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
