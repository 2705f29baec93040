/**
 * `ike-probe select`: what implementation X with policy P would answer to this offer, and why.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import type { Negotiation } from '../../proposals/model.ts';
import {
  type Configured,
  type Request,
  type Response,
  type Selector,
  selectorFor,
  type Setup,
  type Step,
} from '../../proposals/selectors/index.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { appearance, type Io } from '../io.ts';
import { addCommonOptions, collect, type CommonOptions, integer } from '../options.ts';
import { type Asked, askedOffer } from './select-question.ts';

/** The option table as commander hands it over. */
export interface SelectOptions extends CommonOptions {
  readonly as?: string;
  readonly policy?: string;
  readonly offer?: string;
  readonly sa?: string;
  readonly exchange?: Exchange;
  readonly ke?: string;
  readonly auth?: string;
  readonly lifetime?: number;
  readonly set?: readonly string[];
  readonly check?: string;
  readonly secret?: boolean;
  readonly sendsNotifications?: boolean;
  readonly batch?: string;
}

const EXCHANGES = ['ikev1-main', 'ikev1-aggressive', 'ikev1-quick', 'ikev2-init', 'ikev2-child'] as const;
type Exchange = (typeof EXCHANGES)[number];

/** What an exchange negotiates, and how a profile calls the step. */
const STEPS: Readonly<Record<Exchange, readonly [Negotiation, Step]>> = {
  'ikev1-main': ['ikev1-phase1', 'main'],
  'ikev1-aggressive': ['ikev1-phase1', 'aggressive'],
  'ikev1-quick': ['ikev1-phase2', 'quick'],
  'ikev2-init': ['ikev2-ike', 'sa-init'],
  'ikev2-child': ['ikev2-child', 'create-child'],
};

export function configureSelect(command: Command): void {
  command
    .option(
      '--as <profile>',
      'implementation to mimic: freeswan, strongswan@5.9.8, libreswan, openiked, racoon, rfc, … (list: ike-probe select --list)',
    )
    .option(
      '--policy <policy>',
      'its policy, as an offer, best first; default: as it is installed; for freeswan the words of a connection: psk,encrypt,tunnel,pfs',
    )
    .option('--offer <offer|@file>', 'the offer, as 3des-md5-modp1024 or esp:3des-md5+ah:sha1')
    .addOption(new Option('--sa <hex|@file>', 'the SA payload instead of an offer').conflicts('offer'))
    .addOption(new Option('--exchange <exchange>', 'where the offer stands (default: by its protocols and the profile)').choices(EXCHANGES))
    .option('--ke <group>', 'group of the KE payload beside it (default: the first that is offered; none: no KE)')
    .option('--auth <methods>', 'IKEv1: methods it is configured for, best first: psk,rsasig')
    .option('--lifetime <seconds>', 'the lifetime it is configured for', integer(1, 0x7fffffff, 'seconds'))
    .option('--set <name=value>', "one of the implementation's own settings, as proposal_check=obey", collect)
    .addOption(new Option('--check <hex|@file>', 'the other role: it has offered, and this SA payload is the answer'))
    .option('--no-secret', 'no preshared key is found for the peer (freeswan)')
    .option('--sends-notifications', 'a patched Pluto: it answers refusals (freeswan)')
    .addOption(new Option('--list', 'print the profiles, their releases and settings').conflicts(['as', 'offer', 'sa', 'policy']))
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
export async function runSelect(options: SelectOptions & { readonly list?: boolean }, io: Io): Promise<ExitCode> {
  if (options.batch !== undefined) {
    const { runBatch } = await import('./select-batch.ts');
    return runBatch(options.batch, io);
  }
  if (options.list === true) {
    const { profileList } = await import('./select-profiles.ts');
    io.stdout.write(profileList(options.json === true, appearance(io, options)));
    return EXIT.yes;
  }
  const selector = selectorFor(required(options.as, '--as', 'for instance --as strongswan@5.9.8'));
  const exchange = await exchangeOf(options, selector, io);
  const [negotiation, step] = STEPS[exchange];
  refuseUnread(selector, exchange, negotiation);
  const { readPolicy } = await import('./select-question.ts');
  const setup = setupOf(options, selector, (text) => readPolicy(text, negotiation));
  const configured = selector.configured(negotiation, setup);
  const asked = await askedOffer(options, { negotiation, step, setup: configured.setup }, io);
  const response = answer(configured, asked, await checked(options, io));
  const { selectJson, selectText } = await import('./select-report.ts');
  const selected = {
    profile: nameOf(selector),
    title: selector.profile.title,
    basis: selector.profile.basis,
    policy: options.policy ?? 'as installed',
    exchange,
    offer: asked.offer,
    response,
  };
  io.stdout.write(
    options.json === true ? `${JSON.stringify(selectJson(selected), undefined, 2)}\n` : selectText(selected, appearance(io, options)),
  );
  return response.outcome === 'selected' ? EXIT.yes : EXIT.no;
}

function nameOf({ profile, release }: Selector): string {
  return release === '' ? profile.name : `${profile.name}@${release}`;
}

function answer(configured: Configured, asked: Asked, answered: Uint8Array | undefined): Response {
  const request: Request = asked.request;
  return answered ? configured.check({ ...request, sa: answered, offered: request.sa }) : configured.respond(request);
}

async function checked({ check }: SelectOptions, io: Io): Promise<Uint8Array | undefined> {
  if (check === undefined) return undefined;
  const { readOctets, textOf } = await import('./select-question.ts');
  return readOctets(await textOf(check, io), '--check');
}

/** As said; else by the protocols of the offer, and what the profile speaks: the newer version if both. */
async function exchangeOf(options: SelectOptions, { profile }: Selector, io: Io): Promise<Exchange> {
  if (options.exchange !== undefined) return options.exchange;
  const { seemsPhase2 } = await import('./select-question.ts');
  const { version, phase2 } = await seemsPhase2(options, io);
  const two = version === undefined ? profile.negotiations.some((each) => each.startsWith('ikev2')) : version === 2;
  if (two) return phase2 ? 'ikev2-child' : 'ikev2-init';
  return phase2 ? 'ikev1-quick' : 'ikev1-main';
}

/** What a profile does not speak, or drops before it looks. */
function refuseUnread({ profile }: Selector, exchange: Exchange, negotiation: Negotiation): void {
  const unread = !profile.negotiations.includes(negotiation) || (profile.name === 'freeswan' && exchange === 'ikev1-aggressive');
  if (!unread) return;
  const spoken = EXCHANGES.filter((each) => profile.negotiations.includes(STEPS[each][0]));
  throw new UsageError('ERR_USAGE_CONFLICT', `${profile.name} drops messages of ${exchange} unread`, `it speaks ${spoken.join(', ')}`);
}

/** Undefined: as the implementation is installed. */
function setupOf(options: SelectOptions, { profile }: Selector, read: (text: string) => Setup['policy']): Setup | undefined {
  const { policySetting } = profile;
  if (options.policy === undefined && policySetting !== undefined)
    required(options.policy, '--policy', 'for instance --policy psk,encrypt,tunnel');
  const settings: Record<string, string> = {};
  for (const each of options.set ?? []) {
    const equals = each.indexOf('=');
    if (equals <= 0) throw new UsageError('ERR_USAGE_ARGUMENT', '--set needs a name and a value', 'for instance --set proposal_check=obey');
    settings[each.slice(0, equals)] = each.slice(equals + 1);
  }
  if (profile.settings['secret'] !== undefined && options.secret === false) settings['secret'] = 'unknown';
  if (profile.settings['notifications'] !== undefined && options.sendsNotifications === true) settings['notifications'] = 'sent';
  if (policySetting !== undefined) settings[policySetting] = options.policy ?? '';
  if (options.policy === undefined && Object.keys(settings).length === 0 && options.auth === undefined && options.lifetime === undefined)
    return undefined;
  const policy =
    policySetting !== undefined ? [] : read(required(options.policy, '--policy', 'an offer, best first: aes256-sha256-modp2048'));
  return {
    policy,
    ...(options.auth !== undefined && { auth: authMethods(options.auth) }),
    ...(options.lifetime !== undefined && { lifetime: options.lifetime }),
    settings,
  };
}

function authMethods(text: string): readonly number[] {
  return text.split(',').map((word) => {
    const found = AUTH_WORDS.get(word.trim().toLowerCase());
    if (found === undefined) {
      throw new UsageError(
        'ERR_USAGE_ARGUMENT',
        `--auth: unknown method '${word.slice(0, 40).replace(/[^ -~]/g, '?')}'`,
        `known: ${[...AUTH_WORDS.keys()].join(', ')}`,
      );
    }
    return found;
  });
}

/** IKEv1 authentication methods. @see RFC 2409 Appendix A */
const AUTH_WORDS: ReadonlyMap<string, number> = new Map([
  ['psk', 1],
  ['dsssig', 2],
  ['rsasig', 3],
  ['rsaenc', 4],
  ['rsarev', 5],
  ['ecdsa256', 9],
  ['ecdsa384', 10],
  ['ecdsa521', 11],
  ['hybridrsa', 64221],
  ['xauthpsk', 65001],
  ['xauthrsa', 65005],
]);

/** A value that must be there. */
function required(value: string | undefined, option: string, hint: string): string {
  if (value === undefined || value.trim() === '') throw new UsageError('ERR_USAGE_ARGUMENT', `${option} is missing`, hint);
  return value;
}

const EXAMPLES = `
Examples:
  ike-probe select --as freeswan --policy psk --offer des-md5-modp768,3des-md5-modp1024
  ike-probe select --as strongswan@5.9.8 --policy aes256-sha256-modp2048 --offer aes128-sha1-modp1024
  ike-probe select --as libreswan --offer aes256-sha256-modp2048
  ike-probe select --as racoon --set proposal_check=obey --policy 3des-sha1-modp1024 --offer 3des-sha1-modp1024
  ike-probe select --as freeswan --policy encrypt,tunnel,pfs --offer esp:3des-md5-modp1024
  ike-probe select --as openiked --policy aes256-sha256-modp2048 --sa @payload.hex --ke modp2048
  ike-probe select --batch vectors/freeswan/selections.jsonl

An offer in words leaves the rest to us: SPIs, the encapsulation mode (tunnel unless the policy of freeswan lacks the word), ESN off.
Exit codes: 0 it selects something (a batch: all agree), 1 it refuses (a batch: some disagree), 2 wrong usage.
`;
