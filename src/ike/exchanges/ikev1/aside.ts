/**
 * What a peer begins on its own under a living ISAKMP SA: informational messages, XAUTH and Mode Config, repetitions.
 *
 * Rule: everything is answered so that the peer does not hang, and nothing is granted.
 *
 * @see RFC 2409 §5.7, RFC 3706, draft-beaulieu-ike-xauth §3, draft-dukes-ike-mode-cfg §3
 * @module
 */
import type { Message } from '../../message.ts';
import { EXCHANGE, PAYLOAD_V1 } from '../../numbers.ts';
import type { Configuration } from '../../payloads/cp.ts';
import type { Payload } from '../../payloads/index.ts';
import { type Ikev1Event, type Says, sends } from './conversation.ts';
import { beginChain, type Chain, cookiesOf, type IsakmpSa, messageOf, openHashed, seal } from './isakmp-sa.ts';
import { NOTIFY_V1, notifyPayload } from './numbers.ts';

const note = (event: Ikev1Event): Says => ({ kind: 'note', event });

/** What to say to a datagram that is not what was waited for; nothing when it is not of this SA or needs no word. */
export function aside(sa: IsakmpSa, datagram: Uint8Array): { readonly says: readonly Says[] } | undefined {
  const before = sa.remembered.answers(datagram);
  if (before) return { says: sends(before, sa.floated) };
  const message = messageOf(sa, datagram);
  if (!message) return undefined;
  const { exchange, messageId } = message.header;
  if (exchange !== EXCHANGE.informationalV1 && exchange !== EXCHANGE.transaction) return undefined;
  const opened = openHashed(sa, message, beginChain(sa, messageId));
  if (!opened) return { says: [note({ kind: 'passed-over', exchange })] };
  const { events, replies } =
    exchange === EXCHANGE.transaction ? refusedConfiguration(sa, opened.payloads, opened.chain) : told(sa, message, opened.payloads);
  sa.remembered.keep(datagram, replies);
  return { says: [...sends(replies, sa.floated), ...events.map(note)] };
}

interface Reaction {
  readonly events: readonly Ikev1Event[];
  readonly replies: readonly Uint8Array[];
}

/** The meaning of an informational message. */
export function eventsOf(payloads: readonly Payload[]): readonly Ikev1Event[] {
  return payloads.flatMap((payload): Ikev1Event[] => {
    if (payload.kind === 'delete') return [{ kind: 'deleted', protocol: payload.protocol, spis: payload.spis }];
    if (payload.kind !== 'notify') return [];
    if (payload.notify === NOTIFY_V1.rUThere) return [{ kind: 'asked-alive' }];
    return [{ kind: 'notified', notify: payload.notify, protocol: payload.protocol, spi: payload.spi }];
  });
}

/** R-U-THERE is answered under a message ID that follows from its own, so that the same question has the same answer. */
function told(sa: IsakmpSa, { header }: Message, payloads: readonly Payload[]): Reaction {
  const replies = payloads.flatMap((payload) => {
    if (payload.kind !== 'notify' || payload.notify !== NOTIFY_V1.rUThere) return [];
    const ack = notifyPayload(NOTIFY_V1.rUThereAck, payload.data, { spi: cookiesOf(sa) });
    const messageId = (header.messageId ^ 0x8000_0000) >>> 0 || 1;
    return [seal(sa, EXCHANGE.informationalV1, beginChain(sa, messageId), [ack]).bytes];
  });
  return { events: eventsOf(payloads), replies };
}

/** A request is answered with nothing, or with XAUTH's failure; what is to be set is acknowledged without any attribute taken. */
function refusedConfiguration(sa: IsakmpSa, payloads: readonly Payload[], chain: Chain): Reaction {
  const asked = payloads.find((payload): payload is Configuration => payload.kind === 'cp');
  if (!asked || (asked.cfgType !== CFG.request && asked.cfgType !== CFG.set)) return { events: [], replies: [] };
  const xauth = asked.attributes.some(({ type }) => type >= XAUTH_FIRST && type <= XAUTH_LAST);
  const reply: Configuration = {
    kind: 'cp',
    type: PAYLOAD_V1.cp,
    cfgType: asked.cfgType === CFG.request ? CFG.reply : CFG.ack,
    identifier: asked.identifier ?? 0,
    attributes: xauth && asked.cfgType === CFG.request ? [{ type: XAUTH_STATUS, form: 'TV', value: XAUTH_FAILS }] : [],
  };
  return {
    events: [{ kind: 'config-refused', what: xauth ? 'xauth' : 'mode-config' }],
    replies: [seal(sa, EXCHANGE.transaction, chain, [reply]).bytes],
  };
}

const CFG = { request: 1, reply: 2, set: 3, ack: 4 } as const;
const [XAUTH_FIRST, XAUTH_LAST, XAUTH_STATUS] = [16520, 16530, 16527] as const;
const XAUTH_FAILS = 0;
