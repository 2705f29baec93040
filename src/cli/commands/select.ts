/**
 * `ike-probe select`: what implementation X with policy P would answer to this offer, and why.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import type { Negotiation, Offer, Proposal, Transform } from '../../proposals/model.ts';
import { type Connection, freeswan, parseConnection } from '../../proposals/selectors/freeswan/index.ts';
import { selectorFor } from '../../proposals/selectors/index.ts';
import { decodeSaBody } from '../../proposals/wire/sa.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { appearance, type Io } from '../io.ts';
import { addCommonOptions, type CommonOptions } from '../options.ts';
import { hexToBytes } from './hex.ts';

/** The option table as commander hands it over. */
export interface SelectOptions extends CommonOptions {
  readonly as?: string;
  readonly policy?: string;
  readonly offer?: string;
  readonly sa?: string;
  readonly exchange?: string;
  readonly secret?: boolean;
  readonly sendsNotifications?: boolean;
  readonly batch?: string;
}

const EXCHANGES = ['ikev1-main', 'ikev1-aggressive', 'ikev1-quick', 'ikev2-init', 'ikev2-child'] as const;

export function configureSelect(command: Command): void {
  command
    .option('--as <profile>', 'implementation to mimic: freeswan, freeswan@1.97, …')
    .option('--policy <policy>', 'its policy; for freeswan the words of a connection: psk,rsasig,encrypt,authenticate,compress,tunnel,pfs')
    .option('--offer <offer|@file>', 'the offer, as 3des-md5-modp1024 or esp:3des-md5+ah:sha1')
    .addOption(new Option('--sa <hex|@file>', 'the SA payload instead of an offer').conflicts('offer'))
    .addOption(new Option('--exchange <exchange>', 'where the offer stands (default: by its protocols)').choices(EXCHANGES))
    .option('--no-secret', 'no preshared key is found for the peer')
    .option('--sends-notifications', 'a patched Pluto: it answers refusals (the original is silent)')
    .addOption(
      new Option('--batch <cases.jsonl>', 'judge recorded cases, one JSON line each').conflicts([
        'as',
        'policy',
        'offer',
        'sa',
        'exchange',
      ]),
    );
  addCommonOptions(command).addHelpText('after', EXAMPLES);
}

/** Exit code 0 when something is selected (a batch: when every case agrees), else 1. */
export async function runSelect(options: SelectOptions, io: Io): Promise<ExitCode> {
  if (options.batch !== undefined) {
    const { runBatch } = await import('./select-batch.ts');
    return runBatch(options.batch, io);
  }
  const { profile, release } = selectorFor(required(options.as, '--as', 'for instance --as freeswan'));
  if (profile.name !== 'freeswan') throw new UsageError('ERR_USAGE_ARGUMENT', `${profile.name} cannot be asked yet`, '--as freeswan');
  const selector = freeswan({ release, sendsNotifications: options.sendsNotifications === true });
  const policy = required(options.policy, '--policy', 'for instance --policy psk,encrypt,tunnel');
  const connection: Connection = { ...parseConnection(policy), pskKnown: options.secret !== false };
  const asked = await question(options, connection, io);
  const verdict = asked.sa ? selector.judge(asked.sa, connection, asked.phase) : selector.select(asked.offer, connection);
  const exchange = asked.phase === 1 ? 'ikev1-main' : 'ikev1-quick';
  const selected = { profile: `${selector.name}@${selector.release}`, policy, exchange, offer: asked.offer, verdict };
  const { selectJson, selectText } = await import('./select-report.ts');
  io.stdout.write(
    options.json === true ? `${JSON.stringify(selectJson(selected), undefined, 2)}\n` : selectText(selected, appearance(io, options)),
  );
  return verdict.outcome === 'selected' ? EXIT.yes : EXIT.no;
}

interface Question {
  readonly phase: 1 | 2;
  readonly offer: Offer;
  /** When the octets were given. */
  readonly sa?: Uint8Array;
}

async function question(options: SelectOptions, connection: Connection, io: Io): Promise<Question> {
  const given = phaseOf(options.exchange);
  if (options.sa !== undefined) return fromOctets(await textOf(options.sa, io), given);
  const text = (await textOf(required(options.offer, '--offer', 'or the octets of an SA payload with --sa'), io)).trim();
  const phase = given ?? (/(^|[,+\s])(esp|ah|ipcomp):|^deflate\b/i.test(text) ? 2 : 1);
  const { readOffer } = await import('../notation.ts');
  const offer = readOffer(text, phase === 1 ? 'ikev1-phase1' : 'ikev1-phase2', '--offer');
  return { phase, offer: phase === 1 ? offer : complete(offer, connection) };
}

/** FreeS/WAN takes part in main and quick mode only. */
function phaseOf(exchange: string | undefined): 1 | 2 | undefined {
  if (exchange === undefined) return undefined;
  if (exchange === 'ikev1-main') return 1;
  if (exchange === 'ikev1-quick') return 2;
  throw new UsageError('ERR_USAGE_CONFLICT', `freeswan drops messages of ${exchange} unread`, 'it speaks ikev1-main and ikev1-quick');
}

/** An SA payload, with or without its generic header. */
function fromOctets(text: string, given: 1 | 2 | undefined): Question {
  const octets = hexToBytes(text);
  if (!octets || octets.length === 0) {
    throw new UsageError('ERR_USAGE_ARGUMENT', '--sa must be octets in hexadecimal', 'the whole SA payload: 00000034 00000001 00000001 …');
  }
  const bare = DOI_FIRST.every((octet, i) => octets[i] === octet);
  const body = bare ? octets : octets.subarray(4);
  const sa = bare ? Uint8Array.from([0, 0, ((body.length + 4) >> 8) & 0xff, (body.length + 4) & 0xff, ...body]) : octets;
  const phase = given ?? ((body[13] ?? 1) === 1 ? 1 : 2);
  const negotiation: Negotiation = phase === 1 ? 'ikev1-phase1' : 'ikev1-phase2';
  return { phase, sa, offer: decodeSaBody(body, negotiation).value?.offer ?? { negotiation, groups: [] } };
}

/** The IPsec DOI: no generic header begins like that, its length would be 1. */
const DOI_FIRST = [0, 0, 0, 1];

/** What the notation leaves to the sender in phase 2: SPIs, and an encapsulation mode. */
function complete(offer: Offer, { policy }: Connection): Offer {
  const mode = { type: MODE, form: 'TV', value: typeof policy !== 'string' && policy.has('tunnel') ? TUNNEL : TRANSPORT } as const;
  const withMode = (transform: Transform): Transform =>
    transform.attributes.some(({ type }) => type === MODE) ? transform : { ...transform, attributes: [...transform.attributes, mode] };
  const proposal = (given: Proposal): Proposal => {
    const spi = given.spi.length > 0 ? given.spi : Uint8Array.from(given.protocol === IPCOMP ? [0x10, 0] : [0, 0, 0x10, 0]);
    return { ...given, spi, transforms: given.transforms.map(withMode) };
  };
  return { ...offer, groups: offer.groups.map((group) => ({ ...group, proposals: group.proposals.map(proposal) })) };
}

const MODE = 4;
const TUNNEL = 1;
const TRANSPORT = 2;
const IPCOMP = 4;

async function textOf(value: string, io: Io): Promise<string> {
  return value.startsWith('@') ? io.readText(value.slice(1)) : value;
}

function required(value: string | undefined, option: string, hint: string): string {
  if (value === undefined || value.trim() === '') throw new UsageError('ERR_USAGE_ARGUMENT', `${option} is missing`, hint);
  return value;
}

const EXAMPLES = `
Examples:
  ike-probe select --as freeswan --policy psk --offer des-md5-modp768,3des-md5-modp1024
  ike-probe select --as freeswan@1.5 --policy psk,rsasig --offer 3des-sha1-modp768 --json
  ike-probe select --as freeswan --policy encrypt,tunnel,pfs --offer esp:3des-md5-modp1024
  ike-probe select --as freeswan --policy psk --sa @payload.hex
  ike-probe select --batch vectors/freeswan/selections.jsonl

An offer in words leaves SPIs and the encapsulation mode to us: tunnel if the policy has the word, else transport.
Exit codes: 0 it selects something (a batch: all agree), 1 it refuses (a batch: some disagree), 2 wrong usage.
`;
