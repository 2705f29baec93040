/**
 * Selections per second of each profile, as the responder, for an offer of which only the last transform suits; beside them the IKE_SA_INIT
 * requests that the real daemons answer for the same offer. Run: npm run build && node --import tsx
 * bench/selectors.ts; the daemons want root and npm run lab:install.
 */
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { daemonsAvailable } from '../interop/available.ts';
import { createLab, type Lab } from '../interop/daemons/lab.ts';
import type { Peer, PeerKind } from '../interop/daemons/peer.ts';
import { encodeSaBody } from '../src/ike/index.ts';
import type * as Proposals from '../src/proposals/index.ts';
import type { Configured, Negotiation, Offer, Profile, Request, Response, Setup, Step, Transform } from '../src/proposals/index.ts';
import { rate } from './rate.ts';
import { wantedPolicy, wideOffer } from './wide-offers.ts';

/** As built: the loader that runs this file wraps every inner function, and the profiles would be two to four times as slow. */
const BUILT = new URL('../dist/proposals/index.js', import.meta.url);
const { ConfigError, policyToOffer, PROFILES, selectorOf } = (await import(BUILT.href)) as typeof Proposals;
type Refused = InstanceType<typeof ConfigError>;

const STEPS: { readonly [N in Negotiation]: Step } = {
  'ikev1-phase1': 'main',
  'ikev1-phase2': 'quick',
  'ikev2-ike': 'sa-init',
  'ikev2-child': 'auth',
};
const WIDTHS: { readonly [N in Negotiation]: string } = {
  'ikev1-phase1': '1 × 96',
  'ikev1-phase2': '8 × 12',
  'ikev2-ike': '8 × 12',
  'ikev2-child': '8 × 12',
};
const LOOP = fileURLToPath(new URL('sa-init-loop.ts', import.meta.url));
const LOOP_SECONDS = 3;
/** A tenth of a second for each of the rounds. */
const ROUND_SHARE = 0.1;

interface Row {
  readonly profile: string;
  readonly negotiation: Negotiation;
  readonly outcome: string;
  readonly perSecond: number;
}

/** With the wanted policy, or with its default where that cannot be set; why not, where neither can. */
function configured(profile: Profile, negotiation: Negotiation): Configured | Refused {
  const selector = selectorOf(profile);
  const wanted = profile.policySetting === undefined ? { policy: wantedPolicy(negotiation) } : undefined;
  const load = (setup: Setup | undefined): Configured | Refused => {
    try {
      return selector.configured(negotiation, setup);
    } catch (error) {
      if (error instanceof ConfigError) return error;
      throw error;
    }
  };
  const own = load(wanted);
  return own instanceof ConfigError && wanted ? load(undefined) : own;
}

/** What suits, and what is to be told of it. */
interface Suiting {
  readonly transforms: readonly Transform[] | undefined;
  readonly remark: string;
}

/** What the profile itself would ask for first; the first of its policy where it is not known what it asks for. */
function suiting(profile: Profile, peer: Configured, step: Step, negotiation: Negotiation): Suiting {
  const first = ({ groups }: Offer): readonly Transform[] | undefined => groups[0]?.proposals[0]?.transforms;
  try {
    if (profile.offer) return { transforms: first(peer.offer(step)), remark: '' };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { transforms: first(policyToOffer(peer.setup.policy, negotiation)), remark: `  (${rulesOf(error)})` };
  }
  return { transforms: first(policyToOffer(peer.setup.policy, negotiation)), remark: '' };
}

const rulesOf = ({ faults }: Refused): string => faults.map(({ rule }) => rule).join('; ');

function measure(profile: Profile, negotiation: Negotiation): Row | string {
  const step = STEPS[negotiation];
  if (profile.respond === undefined) return 'it only initiates';
  const peer = configured(profile, negotiation);
  if (peer instanceof ConfigError) return rulesOf(peer);
  const { transforms, remark } = suiting(profile, peer, step, negotiation);
  const sa = payload(encodeSaBody({ offer: wideOffer(negotiation, transforms) }));
  const request: Request = { negotiation, step, sa, ...(negotiation === 'ikev2-ike' && { keGroup: 14 }) };
  const job = (): unknown => peer.respond(request);
  const times = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
  const warm = rate(times(30), job, 3);
  return {
    profile: profile.name,
    negotiation,
    outcome: `${outcomeOf(peer.respond(request))}${remark}`,
    perSecond: rate(times(Math.max(30, Math.ceil(warm * ROUND_SHARE))), job),
  };
}

/** Measures, and prints at once: the whole takes a minute or two. */
function shown(profile: Profile, negotiation: Negotiation): Row[] {
  const name = `${profile.name.padEnd(16)} ${negotiation.padEnd(13)} ${WIDTHS[negotiation]}`;
  const row = measure(profile, negotiation);
  const figure = typeof row === 'string' ? `not measured: ${row}` : `${count(row.perSecond).padStart(9)}/s${row.outcome}`;
  console.log(`  ${name}  ${figure}`);
  return typeof row === 'string' ? [] : [row];
}

/** With its generic header. */
function payload(body: Uint8Array): Uint8Array {
  const length = body.length + 4;
  return Uint8Array.from([0, 0, length >> 8, length & 0xff, ...body]);
}

/** Some stop at the first thing unknown to them: then the rate is that of looking, not of choosing. */
function outcomeOf({ outcome, trace }: Response): string {
  const [first] = trace.flatMap(({ reasons }) => reasons);
  return outcome === 'selected' ? '' : `  ${outcome}, ${first?.code ?? 'silently'}`;
}

/** Answered requests per second, and how many of them chose a proposal. */
interface Daemon {
  readonly kind: Peer['kind'];
  readonly perSecond: number;
  readonly chosen: number;
  readonly lost: number;
}

async function askDaemon(lab: Lab, { kind, address4 }: Peer): Promise<Daemon> {
  const argv = [process.execPath, ...process.execArgv, LOOP, address4, String(LOOP_SECONDS)];
  const { status, stdout, stderr } = await lab.command(argv);
  if (status !== 0) throw new Error(`the loop ended with ${status}: ${stderr}`);
  const { answered, chosen, lost, seconds } = JSON.parse(stdout) as { answered: number; chosen: number; lost: number; seconds: number };
  return { kind, perSecond: answered / seconds, chosen: answered === 0 ? 0 : chosen / answered, lost };
}

/** One after the other, each alone on the machine. */
const START: { readonly [K in PeerKind]: (lab: Lab) => Promise<Peer> } = {
  strongswan: (lab) => lab.strongswan({ ike: ['aes256-sha256-modp2048'], version: 2, dosProtection: false }),
  libreswan: (lab) => lab.libreswan({ ike: ['aes256-sha2_256-modp2048'], version: 2 }),
  openiked: (lab) => lab.openiked({ ike: ['enc aes-256 prf hmac-sha2-256 auth hmac-sha2-256 group modp2048'] }),
};

async function daemons(): Promise<readonly Daemon[]> {
  const measured: Daemon[] = [];
  for (const kind of ['strongswan', 'libreswan', 'openiked'] as const) {
    const available = daemonsAvailable([kind]);
    if (!available.available) {
      console.log(`IKE_SA_INIT requests that ${kind} answers: not measured, ${available.reason}`);
      continue;
    }
    const lab = await createLab('bench');
    try {
      measured.push(await askDaemon(lab, await START[kind](lab)));
    } finally {
      await lab.close();
    }
  }
  return measured;
}

const count = (value: number): string => Math.round(value).toLocaleString('en');

console.log(
  `selections per second of dist/ as built ${statSync(new URL('../.tsbuildinfo', BUILT)).mtime.toISOString()}, an offer of which only the last transform suits`,
);
const rows = PROFILES.flatMap((profile) => profile.negotiations.flatMap((negotiation) => shown(profile, negotiation)));
for (const { kind, perSecond, chosen, lost } of await daemons()) {
  const ours = rows.find(({ profile, negotiation }) => profile === kind && negotiation === 'ikev2-ike');
  const ratio =
    ours && perSecond > 0 ? `; its profile ${count(ours.perSecond)}/s, ${(ours.perSecond / perSecond).toFixed(1)} times as many` : '';
  const what = `${Math.round(chosen * 100)} % of them chose${lost > 0 ? `, ${lost} lost` : ''}`;
  console.log(`IKE_SA_INIT requests that ${kind} answers for the same offer: ${count(perSecond)}/s (${what})${ratio}`);
}
