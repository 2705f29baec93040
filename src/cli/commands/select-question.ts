/**
 * What `select` asks: the offer as words or octets, completed to what a message would carry.
 *
 * @module
 */
import type { Negotiation, Offer, Proposal, Transform } from '../../proposals/model.ts';
import { NotationError, parsePolicy, parseSuite } from '../../proposals/notation.ts';
import type { Policy, Want } from '../../proposals/policy.ts';
import { GENERIC_HEADER, readSa, writeSa } from '../../proposals/selectors/answers.ts';
import { groupsOf, type Request, type Setup, type Step } from '../../proposals/selectors/index.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { complaint, quoted, readOffer } from '../notation.ts';
import { hexToBytes } from './hex.ts';

/** The options that say what is offered. */
export interface QuestionOptions {
  readonly offer?: string;
  readonly sa?: string;
  readonly ke?: string;
}

/** Where the offer stands, and who is asked. */
interface Stage {
  readonly negotiation: Negotiation;
  readonly step: Step;
  readonly setup: Setup;
}

/** A request, and its SA as a tree. */
export interface Asked {
  readonly request: Request;
  readonly offer: Offer;
}

/** The request that the options mean. @throws UsageError */
export async function askedOffer(options: QuestionOptions, { negotiation, step, setup }: Stage, io: Io): Promise<Asked> {
  const { offer, sa } =
    options.sa === undefined ? await fromWords(options, negotiation, setup, io) : await fromOctets(options.sa, negotiation, io);
  const keGroup = keGroupOf(options.ke, offer);
  return { request: { negotiation, step, sa, ...(keGroup !== undefined && { keGroup }) }, offer };
}

/** A policy in words. @throws UsageError */
export function readPolicy(text: string, negotiation: Negotiation): Policy {
  try {
    const policy = parsePolicy(text, negotiation);
    return negotiation === 'ikev2-child' ? policy.map((bundle) => bundle.map(withNumbers)) : policy;
  } catch (error) {
    if (!(error instanceof NotationError)) throw error;
    throw new UsageError('ERR_USAGE_ARGUMENT', `--policy: ${complaint(error)}`, 'an offer, best first: aes256-sha256-modp2048');
  }
}

/** A child without a word about sequence numbers has those of 32 bits. @see RFC 7296 §3.3.2 */
function withNumbers(want: Want): Want {
  return want.slots.has('esn') ? want : { ...want, slots: new Map([...want.slots, ['esn', [{ id: 0 }]]]) };
}

/** What the options let guess of an exchange: the version only from octets, the phase from the protocols. */
export async function seemsPhase2(options: QuestionOptions, io: Io): Promise<{ readonly version?: 1 | 2; readonly phase2: boolean }> {
  if (options.sa === undefined) {
    const text = options.offer === undefined ? '' : await textOf(options.offer, '--offer', io);
    return { phase2: /(^|[,+\s])(esp|ah|ipcomp):|^deflate\b/i.test(text) };
  }
  const octets = readOctets(await textOf(options.sa, '--sa', io), '--sa');
  const body = octets.subarray(4);
  const first = DOI_FIRST.every((octet, i) => body[i] === octet);
  const protocol = body[first ? 13 : 5] ?? 1;
  return { version: first ? 1 : 2, phase2: protocol !== 1 };
}

/** An SA payload with its generic header; without, one is put in front. @throws UsageError */
export function readOctets(text: string, option: string): Uint8Array {
  const octets = hexToBytes(text);
  if (!octets || octets.length === 0) {
    throw new UsageError('ERR_USAGE_ARGUMENT', `${option} must be octets in hexadecimal: ${hexFault(text)}`, HEX_HINT);
  }
  const length = octets.length;
  // No generic header begins like a DOI: its length would be 1. Where a bare IKEv2 SA has a protocol, a reserved octet would stand.
  const bare = DOI_FIRST.every((octet, i) => octets[i] === octet) || (octets[5] ?? 0) !== 0;
  const whole = bare ? length + GENERIC_HEADER : length;
  if (whole > 0xffff) throw new UsageError('ERR_USAGE_ARGUMENT', `${option} has ${length} octets: a payload has at most 65535`, HEX_HINT);
  return bare ? Uint8Array.from([0, 0, whole >> 8, whole & 0xff, ...octets]) : octets;
}

const HEX_HINT = 'the whole SA payload: 00000034 00000001 00000001 …';

/** Why a text is no octets: counted in characters from 1. */
function hexFault(text: string): string {
  const prefix = /^\s*0x/i.exec(text)?.[0].length ?? 0;
  const wrong = text.slice(prefix).search(/[^0-9a-f\s:]/i);
  if (wrong >= 0) return `${quoted(text.charAt(prefix + wrong))} at character ${prefix + wrong + 1} is no digit`;
  const digits = text.slice(prefix).replace(/[\s:]/g, '').length;
  return digits === 0 ? 'there are none' : `${digits} digits are no whole octets`;
}

/** The text itself, or that of a file after `@`. @throws UsageError */
export async function textOf(value: string, option: string, io: Io): Promise<string> {
  if (value === '@')
    throw new UsageError('ERR_USAGE_ARGUMENT', `${option}: no file is named after @`, `for instance ${option} @payload.hex`);
  return value.startsWith('@') ? io.readText(value.slice(1)) : value;
}

/** The IPsec DOI. */
const DOI_FIRST = [0, 0, 0, 1];

async function fromOctets(given: string, negotiation: Negotiation, io: Io): Promise<{ offer: Offer; sa: Uint8Array }> {
  const sa = readOctets(await textOf(given, '--sa', io), '--sa');
  return { sa, offer: readSa(sa, negotiation).value?.offer ?? { negotiation, groups: [] } };
}

async function fromWords(
  { offer }: QuestionOptions,
  negotiation: Negotiation,
  setup: Setup,
  io: Io,
): Promise<{ offer: Offer; sa: Uint8Array }> {
  if (offer === undefined || offer.trim() === '') {
    throw new UsageError('ERR_USAGE_ARGUMENT', '--offer is missing', 'or the octets of an SA payload with --sa');
  }
  const read = complete(readOffer((await textOf(offer, '--offer', io)).trim(), negotiation, '--offer'), modeOf(setup));
  try {
    return { offer: read, sa: writeSa({ offer: read }) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError('ERR_USAGE_ARGUMENT', `--offer: ${error.message}`, 'offer less');
  }
}

/** Tunnel, unless the words of a FreeS/WAN connection lack it. */
function modeOf({ mode, settings }: Setup): number {
  const words = settings?.['connection'];
  if (words !== undefined) return /\btunnel\b/i.test(words) ? TUNNEL : TRANSPORT;
  return mode ?? TUNNEL;
}

/** What the notation leaves to the sender: SPIs, an encapsulation mode in IKEv1, sequence numbers in IKEv2. */
function complete(offer: Offer, mode: number): Offer {
  const { negotiation } = offer;
  if (negotiation !== 'ikev1-phase2' && negotiation !== 'ikev2-child') return offer;
  const withMode = (transform: Transform): Transform =>
    transform.attributes.some(({ type }) => type === MODE)
      ? transform
      : { ...transform, attributes: [...transform.attributes, { type: MODE, form: 'TV', value: mode }] };
  const transforms = (given: readonly Transform[]): readonly Transform[] => {
    if (negotiation === 'ikev1-phase2') return given.map(withMode);
    const numbered = given.some((each) => each.kind === 'single' && each.type === ESN);
    return numbered ? given : [...given, { kind: 'single', type: ESN, id: 0, attributes: [] }];
  };
  const proposal = (given: Proposal): Proposal => {
    const spi = given.spi.length > 0 ? given.spi : Uint8Array.from(given.protocol === IPCOMP ? [0x10, 0] : [0, 0, 0x10, 0]);
    return { ...given, spi, transforms: transforms(given.transforms) };
  };
  return { ...offer, groups: offer.groups.map((group) => ({ ...group, proposals: group.proposals.map(proposal) })) };
}

const MODE = 4;
const TUNNEL = 1;
const TRANSPORT = 2;
const IPCOMP = 4;
const ESN = 5;

/** The group of the KE payload: as said, none when so said, else the first that is offered. IKEv1 main mode carries none. */
function keGroupOf(said: string | undefined, offer: Offer): number | undefined {
  if (said === 'none') return undefined;
  return said === undefined ? groupsOf(offer)[0] : readGroup(said);
}

function readGroup(text: string): number {
  try {
    const { group } = parseSuite(text, 'ikev2-child');
    if (group !== undefined) return group.id;
  } catch (error) {
    if (!(error instanceof NotationError)) throw error;
  }
  if (/^\d{1,5}$/.test(text) && Number(text) <= 0xffff) return Number(text);
  throw new UsageError('ERR_USAGE_ARGUMENT', `--ke must be a group, not ${quoted(text)}`, 'for instance modp2048, x25519, 14, or none');
}
