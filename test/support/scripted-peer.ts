/**
 * A peer made of a list of suites: it answers first messages as charon, pluto or iked do, with their limits on half-open SAs.
 *
 * It shares the codec with the probe and nothing else: what it accepts it decides by its own reading of the offer.
 */
import {
  decodeMessage,
  encodeMessage,
  EXCHANGE,
  FLAG,
  type Message,
  type Notify,
  type Payload,
  PAYLOAD_V1,
  PAYLOAD_V2,
} from '../../src/ike/index.ts';
import type { Responder } from '../../src/net/memory.ts';
import type { Algorithm, Attribute, Offer, Suite, SuiteTransform, Transform } from '../../src/proposals/model.ts';

export type Daemon = 'charon' | 'pluto' | 'iked' | 'freeswan';

export interface PeerOptions {
  readonly daemon: Daemon;
  /** Phase 1 suites, the most wanted first; absent: the version is not spoken. */
  readonly v1?: readonly Suite[];
  readonly v2?: readonly Suite[];
  /** IKEv1 methods that the peer takes; absent: any. */
  readonly methods?: readonly number[];
  /** Whose order decides. */
  readonly order?: 'ours' | 'peer';
  /** Half-open SAs after which IKEv1 is answered no more, until they time out. */
  readonly blockThreshold?: number;
  /** Half-open SAs after which IKEv2 asks for a COOKIE. */
  readonly cookieThreshold?: number;
  /** Half-open SAs vanish after so many ms. */
  readonly halfOpenMs?: number;
  readonly vendorId?: Uint8Array;
}

export interface ScriptedPeer {
  readonly respond: Responder;
  /** Half-open SAs now, and how many there were at most. */
  readonly halfOpen: ReadonlySet<string>;
  readonly seen: { requests: number; releases: number; cookies: number; largest: number };
}

const NONE = new Uint8Array();
const COOKIE = Uint8Array.from({ length: 20 }, (_, i) => i + 1);
/** The reserved order in which charon writes phase 1 attributes. */
const CHARON_ORDER = [1, 14, 2, 4, 3, 11, 12];

export function scriptedPeer(options: PeerOptions): ScriptedPeer {
  const { daemon, blockThreshold = Infinity, cookieThreshold = Infinity, halfOpenMs = 30_000 } = options;
  const halfOpen = new Set<string>();
  const deadlines = new Map<string, number>();
  const answered = new Map<string, { readonly request: string; readonly reply: readonly Uint8Array[] }>();
  const seen = { requests: 0, releases: 0, cookies: 0, largest: 0 };
  let spi = 0;
  const newSpi = (): Uint8Array => {
    const octets = new Uint8Array(8).fill(0xa5);
    new DataView(octets.buffer).setUint32(4, ++spi);
    return octets;
  };
  const open = (key: string, now: number): void => {
    halfOpen.add(key);
    deadlines.set(key, now + halfOpenMs);
  };

  const respond: Responder = (bytes, _from, now) => {
    for (const [key, at] of deadlines) if (at <= now && deadlines.delete(key)) halfOpen.delete(key);
    seen.largest = Math.max(seen.largest, bytes.length);
    const decoded = decodeMessage(bytes);
    if (!decoded.ok) return [];
    const message = decoded.value;
    const key = Buffer.from(message.header.initiatorSpi).toString('hex');
    const request = Buffer.from(bytes).toString('hex');
    const before = answered.get(key);
    if (before?.request === request && halfOpen.has(key)) return before.reply;
    const reply = message.header.version >> 4 === 2 ? answerV2(message, key, now) : answerV1(message, key, now);
    answered.set(key, { request, reply });
    return reply;
  };
  return { respond, halfOpen, seen };

  function answerV1(message: Message, key: string, now: number): readonly Uint8Array[] {
    const { header } = message;
    const error = message.payloads.find((payload): payload is Notify => payload.kind === 'notify');
    if (header.exchange === EXCHANGE.informationalV1) {
      if (error?.notify === 14 && daemon === 'charon' && halfOpen.delete(key)) seen.releases++;
      return [];
    }
    seen.requests++;
    if (header.exchange !== EXCHANGE.mainMode) return [];
    const base = { initiatorSpi: header.initiatorSpi, version: 0x10, flags: 0 };
    const notify = (spiOctets: Uint8Array, responderSpi: Uint8Array, messageId: number): Uint8Array[] => {
      const payload: Payload = { kind: 'notify', type: PAYLOAD_V1.notify, doi: 1, protocol: 1, spi: spiOctets, notify: 14, data: NONE };
      return [encodeMessage({ ...base, responderSpi, exchange: EXCHANGE.informationalV1, messageId, payloads: [payload] })];
    };
    if (daemon === 'iked') return [];
    if (halfOpen.size >= blockThreshold) return [];
    if (options.v1 === undefined) return daemon === 'charon' ? notify(NONE, new Uint8Array(8), 0x1234) : [];
    const offer = offerOf(message);
    const chosen = offer === undefined ? undefined : chooseV1(offer, options);
    if (chosen === undefined) {
      if (daemon === 'freeswan') return [];
      // pluto has no connection for a method that it does not take, and is silent about it.
      if (daemon === 'pluto' && offer !== undefined && chooseV1(offer, { ...options, v1: options.v1 }, 'method') === undefined) return [];
      const mine = newSpi();
      return daemon === 'charon'
        ? notify(Uint8Array.from([...header.initiatorSpi, ...mine]), mine, 0x1234)
        : notify(NONE, new Uint8Array(8), 0);
    }
    open(key, now);
    const attributes =
      daemon === 'charon'
        ? chosen.attributes.toSorted((a, b) => CHARON_ORDER.indexOf(a.type) - CHARON_ORDER.indexOf(b.type))
        : chosen.attributes;
    const answer: Offer = {
      negotiation: 'ikev1-phase1',
      groups: [{ number: 1, proposals: [{ protocol: 1, spi: NONE, transforms: [{ ...chosen, attributes }] }] }],
    };
    const payloads: Payload[] = [{ kind: 'sa', type: PAYLOAD_V1.sa, body: { offer: answer } }];
    if (options.vendorId !== undefined) payloads.push({ kind: 'vendor', type: PAYLOAD_V1.vendor, data: options.vendorId });
    return [encodeMessage({ ...base, responderSpi: newSpi(), exchange: EXCHANGE.mainMode, messageId: 0, payloads })];
  }

  function answerV2(message: Message, key: string, now: number): readonly Uint8Array[] {
    seen.requests++;
    const { header } = message;
    const base = { initiatorSpi: header.initiatorSpi, version: 0x20, exchange: EXCHANGE.saInit, flags: FLAG.response, messageId: 0 };
    const say = (responderSpi: Uint8Array, payloads: readonly Payload[]): Uint8Array[] => [
      encodeMessage({ ...base, responderSpi, payloads }),
    ];
    const notify = (type: number, data: Uint8Array): Payload => ({
      kind: 'notify',
      type: PAYLOAD_V2.notify,
      protocol: 0,
      spi: NONE,
      notify: type,
      data,
    });
    const cookie = message.payloads.find((payload): payload is Notify => payload.kind === 'notify' && payload.notify === 16390);
    if (halfOpen.size >= cookieThreshold && cookie === undefined) {
      seen.cookies++;
      return say(new Uint8Array(8), [notify(16390, COOKIE)]);
    }
    const offer = offerOf(message);
    const chosen = offer === undefined || options.v2 === undefined ? undefined : chooseV2(offer, options.v2, options.order ?? 'peer');
    const mine = newSpi();
    if (chosen === undefined) return say(daemon === 'pluto' ? new Uint8Array(8) : mine, [notify(14, NONE)]);
    const ke = message.payloads.find((payload) => payload.kind === 'ke');
    const group = chosen.suite.group?.id ?? 0;
    if (ke?.kind !== 'ke' || ke.group !== group)
      return say(daemon === 'iked' ? mine : new Uint8Array(8), [notify(17, Uint8Array.of(group >> 8, group & 0xff))]);
    open(key, now);
    const transforms = transformsOf(chosen.suite);
    const answer: Offer = {
      negotiation: 'ikev2-ike',
      groups: [{ number: chosen.number, proposals: [{ protocol: 1, spi: NONE, transforms }] }],
    };
    return say(mine, [
      { kind: 'sa', type: PAYLOAD_V2.sa, body: { offer: answer } },
      { kind: 'ke', type: PAYLOAD_V2.ke, group, data: new Uint8Array(ke.data.length).fill(2) },
      { kind: 'nonce', type: PAYLOAD_V2.nonce, data: new Uint8Array(32).fill(3) },
    ]);
  }
}

function offerOf(message: Message): Offer | undefined {
  const sa = message.payloads.find((payload) => payload.kind === 'sa');
  return sa?.kind === 'sa' ? sa.body.offer : undefined;
}

/** The transform that such a peer picks; `method` asks only for one whose method it takes. */
export function chooseV1(
  offer: Offer,
  { v1 = [], methods, order = 'peer' }: Pick<PeerOptions, 'v1' | 'methods' | 'order'>,
  only?: 'method',
): SuiteTransform | undefined {
  const transforms = offer.groups
    .flatMap((group) => group.proposals.flatMap((proposal) => proposal.transforms))
    .filter((one): one is SuiteTransform => one.kind === 'suite');
  const value = (one: SuiteTransform, type: number): number | undefined =>
    one.attributes.map((a: Attribute) => (a.type === type && a.form === 'TV' ? a.value : undefined)).find((v) => v !== undefined);
  const welcome = transforms.filter((one) => methods === undefined || methods.includes(value(one, 3) ?? 0));
  if (only === 'method') return welcome[0];
  const fits = (one: SuiteTransform, suite: Suite): boolean =>
    value(one, 1) === suite.encryption?.id &&
    value(one, 14) === suite.encryption?.keyBits &&
    value(one, 2) === suite.hash?.id &&
    value(one, 4) === suite.group?.id;
  if (order === 'ours') return welcome.find((one) => v1.some((suite) => fits(one, suite)));
  for (const suite of v1) {
    const found = welcome.find((one) => fits(one, suite));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The suite that such a peer picks, and the number of the proposal it stands in. */
export function chooseV2(
  offer: Offer,
  accepted: readonly Suite[],
  order: 'ours' | 'peer',
): { readonly suite: Suite; readonly number: number } | undefined {
  const fits = (transforms: readonly Transform[], suite: Suite): boolean => {
    const has = (type: number, wanted: Algorithm | undefined): boolean => {
      const offered = transforms.filter((one) => one.kind === 'single' && one.type === type);
      if (wanted === undefined) return offered.length === 0;
      return offered.some((one) => one.kind === 'single' && one.id === wanted.id && keyBits(one.attributes) === wanted.keyBits);
    };
    return has(1, suite.encryption) && has(2, suite.prf) && has(3, suite.integrity) && has(4, suite.group);
  };
  const proposals = offer.groups.flatMap(({ number, proposals: all }) =>
    all.map((proposal) => ({ number, transforms: proposal.transforms })),
  );
  const pairs =
    order === 'ours'
      ? proposals.flatMap((proposal) => accepted.map((suite) => ({ proposal, suite })))
      : accepted.flatMap((suite) => proposals.map((proposal) => ({ proposal, suite })));
  const found = pairs.find(({ proposal, suite }) => fits(proposal.transforms, suite));
  return found === undefined ? undefined : { suite: found.suite, number: found.proposal.number };
}

function keyBits(attributes: readonly Attribute[]): number | undefined {
  const length = attributes.find(({ type }) => type === 14);
  return length?.form === 'TV' ? length.value : undefined;
}

function transformsOf(suite: Suite): Transform[] {
  const single = (type: number, algorithm: Algorithm | undefined): Transform[] =>
    algorithm === undefined
      ? []
      : [
          {
            kind: 'single',
            type,
            id: algorithm.id,
            attributes: algorithm.keyBits === undefined ? [] : [{ type: 14, form: 'TV', value: algorithm.keyBits }],
          },
        ];
  return [...single(1, suite.encryption), ...single(2, suite.prf), ...single(3, suite.integrity), ...single(4, suite.group)];
}
