/** One question to a daemon: an SA payload, the group of the KE beside it, and the message that carries both. */
import { publicValues } from '../../src/node-crypto/index.ts';
import { encodeSaBody, type SaBody } from '../../src/ike/index.ts';
import type { Negotiation, Request, Step } from '../../src/proposals/index.ts';

/** A change of the octets of an SA's body, at a place between 0 (its start) and 1 (its end). */
export type Edit =
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly octets: Uint8Array }
  | { readonly kind: 'set'; readonly at: number; readonly octet: number };

/** An offer as it is to be sent. */
export interface Question {
  readonly negotiation: Negotiation;
  readonly step: Step & ('main' | 'aggressive' | 'sa-init');
  readonly body: SaBody;
  readonly edits: readonly Edit[];
  /** The second octet of the generic header: critical bit and reserved bits. */
  readonly headerOctet: number;
  readonly keGroup?: number;
  /** Types of notifications beside the offer. */
  readonly notifies?: readonly number[];
  /** What was done to it; nothing when it is well-formed. */
  readonly oddities: readonly string[];
}

/** The SA payload with its generic header; the next-payload octet tells what follows in the message. */
export function saOf(question: Question): Uint8Array {
  let body = encodeSaBody(question.body);
  for (const edit of question.edits) body = edited(body, edit);
  const length = body.length + 4;
  const head = Uint8Array.of(followedBy(question.step), question.headerOctet, length >> 8, length & 0xff);
  return Uint8Array.from(Buffer.concat([head, body]));
}

/** What the profile is asked. */
export function requestOf(question: Question): Request {
  const { negotiation, step, keGroup, notifies } = question;
  return { negotiation, step, sa: saOf(question), ...(keGroup !== undefined && { keGroup }), ...(notifies && { notifies }) };
}

/** The whole message. */
export function messageOf(question: Question, initiatorSpi: Uint8Array): Uint8Array {
  const { step, keGroup, notifies = [] } = question;
  const sa = saOf(question);
  const two = step === 'sa-init';
  const ke = keyExchange(keGroup ?? 14);
  const payloads = [sa];
  if (two) payloads.push(payload(40, Uint8Array.of(...sixteen(keGroup ?? 14), 0, 0, ...ke)), payload(notifies.length > 0 ? 41 : 0, NONCE));
  notifies.forEach((type, i) => payloads.push(payload(i + 1 < notifies.length ? 41 : 0, Uint8Array.of(0, 0, ...sixteen(type)))));
  if (step === 'aggressive') payloads.push(payload(10, ke), payload(5, NONCE), payload(0, IDENTITY));
  const length = payloads.reduce((sum, each) => sum + each.length, 28);
  const [version, exchange, flags, first] = two ? [0x20, 34, 8, 33] : [0x10, step === 'main' ? 2 : 4, 0, 1];
  const header = [
    ...initiatorSpi,
    ...new Uint8Array(8),
    first,
    version,
    exchange,
    flags,
    0,
    0,
    0,
    0,
    ...sixteen(length >>> 16),
    ...sixteen(length),
  ];
  return Uint8Array.from(Buffer.concat([Uint8Array.from(header), ...payloads]));
}

function followedBy(step: Question['step']): number {
  return step === 'sa-init' ? 34 : step === 'aggressive' ? 4 : 0;
}

function edited(octets: Uint8Array, edit: Edit): Uint8Array {
  const at = Math.min(octets.length, Math.floor(edit.at * octets.length));
  if (edit.kind === 'cut') return octets.slice(0, at);
  if (edit.kind === 'insert') return Uint8Array.from([...octets.subarray(0, at), ...edit.octets, ...octets.subarray(at)]);
  const copy = octets.slice();
  if (at < copy.length) copy[at] = edit.octet;
  return copy;
}

const sixteen = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
const payload = (next: number, body: Uint8Array): Uint8Array => Uint8Array.of(next, 0, ...sixteen(body.length + 4), ...body);

let seed = 1;
/** The same values in every run. */
const valueOf = publicValues((length) => Uint8Array.from({ length }, () => (seed = (seed * 48_271) % 2_147_483_647) & 0xff));
const keyExchange = (group: number): Uint8Array => valueOf(group) ?? new Uint8Array(64).fill(0x5a);

const NONCE = new Uint8Array(32).fill(0xa5);
/** ID_FQDN client.lab */
const IDENTITY = Uint8Array.of(2, 0, 0, 0, ...Buffer.from('client.lab'));
