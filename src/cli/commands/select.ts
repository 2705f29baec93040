/**
 * `ike-probe select`: what implementation X with policy P would answer to this offer, and why.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import type { Negotiation } from '../../proposals/model.ts';
import { type Configured, type Response, type Selector, selectorFor, type Setup, type Step } from '../../proposals/selectors/index.ts';
import { quoted } from '../../proposals/notation/quoted.ts';
import { isUserFault, UsageError } from '../errors.ts';
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
      '--policy <policy|@file>',
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
        'ke',
        'auth',
        'lifetime',
        'set',
        'check',
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
  return judge({ ...options, ...(await policyText(options, io)) }, io);
}

async function judge(options: SelectOptions, io: Io): Promise<ExitCode> {
  const selector = selectorFor(required(options.as, '--as', 'for instance --as strongswan@5.9.8'));
  const exchange = await exchangeOf(options, selector, io);
  const [negotiation, step] = STEPS[exchange];
  refuseUnread(selector, exchange, negotiation);
  const { readPolicy } = await import('./select-question.ts');
  const setup = setupOf(options, selector, negotiation, (text) => readPolicy(text, negotiation));
  const { configured, asked, response } = await answered(options, { selector, negotiation, step, setup }, io);
  const { nearestFor } = await import('./select-nearest.ts');
  const { jsonText } = await import('../../report/json.ts');
  const { selectJson, selectText } = await import('./select-report.ts');
  const selected = {
    profile: nameOf(selector),
    title: selector.profile.title,
    basis: selector.profile.basis,
    policy: options.policy ?? 'as installed',
    exchange,
    offer: asked.offer,
    response,
    nearest: options.check === undefined ? nearestFor(configured, asked.offer, step, response) : [],
  };
  io.stdout.write(options.json === true ? `${jsonText(selectJson(selected), 2)}\n` : selectText(selected, appearance(io, options)));
  return response.outcome === 'selected' ? EXIT.yes : EXIT.no;
}

function nameOf({ profile, release }: Selector): string {
  return release === '' ? profile.name : `${profile.name}@${release}`;
}

/** The policy in words, that of a file after `@`. */
async function policyText({ policy }: SelectOptions, io: Io): Promise<Pick<SelectOptions, 'policy'>> {
  if (policy === undefined) return {};
  const { textOf } = await import('./select-question.ts');
  return { policy: (await textOf(policy, '--policy', io)).trim() };
}

interface Question {
  readonly selector: Selector;
  readonly negotiation: Negotiation;
  readonly step: Step;
  readonly setup: Setup | undefined;
}

interface Answered {
  readonly configured: Configured;
  readonly asked: Asked;
  readonly response: Response;
}

async function answered(options: SelectOptions, { selector, negotiation, step, setup }: Question, io: Io): Promise<Answered> {
  try {
    const configured = selector.configured(negotiation, setup);
    const asked = await askedOffer(options, { negotiation, step, setup: configured.setup }, io);
    const answer = await checked(options, io);
    const { request } = asked;
    const response = answer ? configured.check({ ...request, sa: answer, offered: request.sa }) : configured.respond(request);
    return { configured, asked, response };
  } catch (error) {
    if (selector.profile.policySetting === undefined || !isUserFault(error) || !('offset' in error)) throw error;
    throw new UsageError('ERR_USAGE_ARGUMENT', `--policy: ${error.message}`, error.hint);
  }
}

async function checked({ check }: SelectOptions, io: Io): Promise<Uint8Array | undefined> {
  if (check === undefined) return undefined;
  const { readOctets, textOf } = await import('./select-question.ts');
  return readOctets(await textOf(check, '--check', io), '--check');
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

/** Undefined: as the implementation is installed. What is not said beside other options is as installed, too. */
function setupOf(
  options: SelectOptions,
  selector: Selector,
  negotiation: Negotiation,
  read: (text: string) => Setup['policy'],
): Setup | undefined {
  const { policySetting } = selector.profile;
  const hint = policySetting === undefined ? 'an offer, best first: aes256-sha256-modp2048' : 'for instance --policy psk,encrypt,tunnel';
  if (options.policy !== undefined || policySetting !== undefined) required(options.policy, '--policy', hint);
  const settings = settingsOf(options, selector);
  const { policy, auth, lifetime } = options;
  if (policy === undefined && Object.keys(settings).length === 0 && auth === undefined && lifetime === undefined) return undefined;
  const installed = policy === undefined ? selector.configured(negotiation).setup : undefined;
  return {
    ...installed,
    policy: installed?.policy ?? (policySetting === undefined ? read(policy ?? '') : []),
    ...(auth !== undefined && { auth: authMethods(auth) }),
    ...(lifetime !== undefined && { lifetime }),
    settings: { ...installed?.settings, ...settings },
  };
}

/** What `--set` says, and the options that are settings of some. */
function settingsOf(options: SelectOptions, { profile }: Selector): Readonly<Record<string, string>> {
  const settings = new Map<string, string>();
  for (const each of options.set ?? []) {
    const equals = each.indexOf('=');
    if (equals <= 0) {
      const hint = 'for instance --set proposal_check=obey';
      throw new UsageError('ERR_USAGE_ARGUMENT', `--set needs a name and a value, as in name=value, not ${quoted(each)}`, hint);
    }
    settings.set(each.slice(0, equals).trim(), each.slice(equals + 1).trim());
  }
  const also = (option: string, name: string, value: string): void => {
    if (!Object.hasOwn(profile.settings, name))
      throw new UsageError('ERR_USAGE_CONFLICT', `${option} says nothing to ${profile.name}`, 'its settings: ike-probe select --list');
    settings.set(name, value);
  };
  if (options.secret === false) also('--no-secret', 'secret', 'unknown');
  if (options.sendsNotifications === true) also('--sends-notifications', 'notifications', 'sent');
  if (profile.policySetting !== undefined) settings.set(profile.policySetting, options.policy ?? '');
  // From entries: a name such as __proto__ is a name like any other.
  return Object.fromEntries(settings);
}

function authMethods(text: string): readonly number[] {
  return text.split(',').map((word) => {
    const found = AUTH_WORDS.get(word.trim().toLowerCase());
    if (found === undefined) {
      throw new UsageError('ERR_USAGE_ARGUMENT', `--auth: unknown method ${quoted(word)}`, `known: ${[...AUTH_WORDS.keys()].join(', ')}`);
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
Exit codes: 0 it selects something (a batch: all agree), 1 it refuses (a batch: some disagree), 2 wrong usage (a batch: a line is broken).
`;
