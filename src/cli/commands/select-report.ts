/**
 * A selector's verdict as JSON and as text.
 *
 * @module
 */
import { notifyName } from '../../ike/index.ts';
import { type Clause, clauses } from '../../proposals/clauses.ts';
import type { Algorithm, Negotiation, Offer, Path, Proposal, Slot } from '../../proposals/model.ts';
import { keyword } from '../../proposals/notation/words.ts';
import type { LogLine } from '../../proposals/log-lines.ts';
import type { Grounds, Notification, Response } from '../../proposals/selectors/index.ts';
import type { Judgement } from '../../proposals/verdict.ts';
import { explainReason } from '../../report/explain.ts';
import { safe, style, type Style, wrap } from '../../report/terminal.ts';
import type { Appearance } from '../io.ts';
import { bytesToHex } from './hex.ts';
import type { Nearest } from './select-nearest.ts';

/** What was asked, and the answer. */
export interface Selected {
  /** `strongswan@5.9.8`. */
  readonly profile: string;
  readonly title: string;
  readonly basis: Grounds;
  readonly policy: string;
  readonly exchange: string;
  readonly offer: Offer;
  readonly response: Response;
  /** What would have to change, when everything is refused. */
  readonly nearest: readonly Nearest[];
}

/** One object, ready for `JSON.stringify`. */
export function selectJson(selected: Selected): Readonly<Record<string, unknown>> {
  const { profile, basis, policy, exchange, offer, response, nearest } = selected;
  const { outcome, trace, logs, wire, wantsGroup } = response;
  return {
    schema: 'ike-probe/1',
    kind: 'select',
    complete: true,
    profile,
    basis,
    policy,
    exchange,
    outcome,
    code: codeOf(response),
    notify: namedNotify(selected),
    accepted: outcome === 'selected',
    wire: wireOf(response),
    notification: wire.kind === 'notify' ? { ...wire, kind: undefined, data: bytesToHex(wire.data) } : null,
    wantsGroup: wantsGroup ?? null,
    selection: outcome === 'selected' ? response.selection : null,
    judgements: trace.map((judgement) => judgementJson(judgement, offer)),
    notLookedAt: notLookedAt(selected).map((path) => ({ path, suite: suiteAt(offer, path) ?? null })),
    nearest,
    logs: logs.map(printLine),
    replySa: replyOf(response),
  };
}

/** 0 selected, above 0 the notify type that it sends or names to itself, -2 the message is dropped, null nothing is said. */
export function codeOf({ outcome, code, wire }: Response): number | null {
  if (code !== undefined) return code;
  if (outcome === 'selected') return 0;
  return wire.kind === 'notify' ? wire.type : null;
}

/** The SA payload of the answer in hexadecimal. */
export function replyOf({ wire }: Response): string | null {
  return wire.kind === 'answer' ? bytesToHex(wire.sa) : null;
}

/** The line as it stands in a log; what only debugging shows begins with a bar. */
export function printLine({ text, level }: LogLine): string {
  return level === 'debug' ? `| ${text}` : text;
}

/** What leaves for the peer. */
function wireOf({ wire }: Response): 'answer' | 'silence' | 'nothing' | number {
  if (wire.kind === 'notify') return wire.type;
  return wire.kind === 'proceeds' ? 'nothing' : wire.kind;
}

/** `NO_PROPOSAL_CHOSEN`, as the logs write it. */
function namedNotify({ response, exchange }: Selected): string | null {
  const code = codeOf(response);
  if (code === 0) return response.code === 0 ? 'NOTHING_WRONG' : null;
  return code === null || code < 0 ? null : notifyName(exchange.startsWith('ikev2') ? 2 : 1, code).replaceAll('-', '_');
}

function judgementJson({ path, accepted, reasons, shown = 0, fatal }: Judgement, offer: Offer): Readonly<Record<string, unknown>> {
  const name = namer(offer, path);
  return {
    path,
    suite: suiteAt(offer, path) ?? null,
    accepted,
    ...(fatal !== undefined && { fatal }),
    reasons: reasons.map((reason, i) => ({
      ...reason,
      hidden: i >= shown,
      text: explainReason(reason, offer.negotiation, name),
    })),
  };
}

/** Transforms without a judgement, in the order of the offer. A judgement speaks of all below it, and of what it stands in; that of the whole SA of none. */
function notLookedAt({ offer, response }: Selected): readonly Path[] {
  const judged = new Set<string>();
  const above = new Set<string>();
  for (const { path } of response.trace) {
    if (path.length > 0) judged.add(path.join());
    path.forEach((_, i) => above.add(path.slice(0, i + 1).join()));
  }
  const isJudged = (path: Path): boolean => above.has(path.join()) || path.some((_, i) => judged.has(path.slice(0, i + 1).join()));
  return offer.groups
    .flatMap((group, g) => group.proposals.flatMap((proposal, p) => clausesOf(offer.negotiation, proposal, [g, p]).map(({ path }) => path)))
    .filter((path) => !isJudged(path));
}

/** The verdict for people: what, why, the log, the wire. */
export function selectText(selected: Selected, { columns, color, ascii }: Appearance): string {
  const look = style({ color, ascii });
  const { profile, policy, exchange, offer, response } = selected;
  const { outcome, trace, logs } = response;
  const yes = outcome === 'selected';
  const verb = yes ? look.good('selects') : look.bad('refuses');
  const why = yes ? '' : `: ${namedNotify(selected) ?? (codeOf(response) === null ? 'it keeps silent' : 'message dropped')}`;
  const lines = [`${look.marks[yes ? 'yes' : 'no']} ${profile} (${shownPolicy(policy)}) ${verb} in ${exchange}${why}`];
  lines.push('', look.bold('Judged, in the order in which it looks'));
  for (const judgement of trace) lines.push(...judgementLines(judgement, selected, columns, look));
  for (const path of notLookedAt(selected)) lines.push(`  ${look.marks.dot} ${look.dim(`${placeOf(path, offer)}: not looked at`)}`);
  lines.push(...nearestLines(selected, columns, look));
  lines.push('', look.bold('Its log'));
  lines.push(...(logs.length > 0 ? logs.map((line) => `  ${printLine(line)}`) : ['  nothing']));
  if (logs.some(({ level }) => level === 'debug')) lines.push(look.dim('  (lines with a bar: only when it debugs)'));
  lines.push('', look.bold('On the wire'), ...wireLines(selected, columns));
  if (selected.basis === 'documents') lines.push('', look.dim('Known from documents only; not verified against a real one.'));
  return `${lines.join('\n')}\n`;
}

/** On one line, without what a terminal would obey. */
function shownPolicy(policy: string): string {
  const text = safe(policy);
  return text.length > 300 ? `${text.slice(0, 300)}...` : text || 'no policy';
}

function nearestLines({ nearest, offer }: Selected, columns: number, look: Style): readonly string[] {
  if (nearest.length === 0) return [];
  const several = offer.groups.length > 1 || (offer.groups[0]?.proposals[0]?.transforms[1]?.kind ?? 'single') === 'suite';
  const lines = nearest.flatMap(({ path, text, offer: near }) =>
    wrap(`${several ? `${numberOf(path, offer)}: ` : ''}${text}: ${near}`, columns, '  ', '    '),
  );
  return ['', look.bold('Nearest offer that it takes'), ...lines];
}

function judgementLines(
  { path, accepted, reasons, shown = 0, fatal }: Judgement,
  { offer, title }: Selected,
  columns: number,
  look: Style,
): string[] {
  const name = namer(offer, path);
  const end = fatal === undefined ? '' : ' (ends the whole SA)';
  const mark = accepted ? look.good(look.marks.yes) : look.bad(look.marks.no);
  const head = `  ${mark} ${placeOf(path, offer)}: ${accepted ? 'accepted' : `refused${end}`}`;
  const why = reasons.flatMap((reason, i) => {
    const text = explainReason(reason, offer.negotiation, name);
    // Where it logs one reason, the others are hidden behind that; where it logs none, there is nothing to tell apart.
    const hidden = shown > 0 && i >= shown ? ` (${hider(title)} hides this one)` : '';
    const label = i > 0 ? '        also: ' : shown > 0 ? '      logged: ' : '         why: ';
    return wrap(`${text}${hidden}`, columns, label, ' '.repeat(14));
  });
  return [head, ...why];
}

/** Who does not tell: FreeS/WAN's daemon has a name of its own. */
function hider(title: string): string {
  return title === 'FreeS/WAN' ? 'Pluto' : title;
}

function wireLines(selected: Selected, columns: number): string[] {
  const { wire } = selected.response;
  switch (wire.kind) {
    case 'notify':
      return [
        `  notify ${wire.type} ${namedNotify(selected)}${wire.data.length > 0 ? `, data ${bytesToHex(wire.data)}` : ''}${formOf(wire)}`,
      ];
    case 'silence':
      return ['  silence: this implementation sends no error notifications'];
    case 'proceeds':
      return ['  nothing: the initiator goes on with its next message'];
    default: {
      const width = Math.max(16, (columns - 2) & ~7);
      const parts = bytesToHex(wire.sa).match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
      return ['  SA payload of the answer:', ...parts.map((part) => `  ${part}`)];
    }
  }
}

/** What else a peer sees of a notification. */
function formOf({ spi, responderSpi, ownExchange, encrypted }: Notification): string {
  const words = [
    ...(spi === 'cookies' ? ['both cookies as its SPI'] : spi === 'zero' ? ['an SPI of zero'] : []),
    ...(responderSpi === 'zero' ? ['responder SPI zero'] : []),
    ...(ownExchange === true ? ['an exchange of its own'] : []),
    ...(encrypted === true ? ['encrypted'] : []),
  ];
  return words.length > 0 ? ` (${words.join(', ')})` : '';
}

/** `transform 1 (3des-md5-modp1024 psk)`, with the group and proposal when there are several; `proposal 2 (…)` in IKEv2. */
function placeOf(path: Path, offer: Offer): string {
  const suite = suiteAt(offer, path);
  return numberOf(path, offer) + (suite === undefined ? '' : ` (${suite})`);
}

function numberOf(path: Path, offer: Offer): string {
  const [g, p, t] = path;
  if (g === undefined) return 'the SA';
  const group = offer.groups[g];
  const two = offer.negotiation.startsWith('ikev2');
  const words = [];
  if (!two && (offer.groups.length > 1 || t === undefined)) words.push(`group ${g + 1}`);
  if (two) words.push(`proposal ${g + 1}`);
  else if (p !== undefined && ((group?.proposals.length ?? 0) > 1 || t === undefined)) words.push(`proposal ${p + 1}`);
  if (t !== undefined) words.push(`transform ${t + 1}`);
  return words.join(', ');
}

const ORDER: readonly Slot[] = ['encryption', 'compression', 'integrity', 'hash', 'prf', 'group'];
const ADDITIONAL: readonly Slot[] = ['ake1', 'ake2', 'ake3', 'ake4', 'ake5', 'ake6', 'ake7'];
const BESIDE: readonly Slot[] = ['auth', 'mode'];

/** What stands at a path in suite notation: a transform, in IKEv2 a whole proposal; what is not an algorithm of the suite beside it. */
function suiteAt(offer: Offer, path: Path): string | undefined {
  const clause = clauseAt(offer, path);
  if (!clause) return undefined;
  const name = namer(offer, path);
  const named = (slots: readonly Slot[]): string[] =>
    slots.flatMap((slot) => (clause.slots.get(slot) ?? []).map((choice) => name(slot, choice, offer.negotiation)));
  const suite = [named([...ORDER, ...ADDITIONAL]).join('-'), ...named(BESIDE)].filter((word) => word !== '').join(' ');
  return suite === '' ? undefined : suite;
}

function clauseAt(offer: Offer, [g = -1, p, t]: Path): Clause | undefined {
  const two = offer.negotiation.startsWith('ikev2');
  const proposal = offer.groups[g]?.proposals[p ?? (two ? 0 : -1)];
  if (!proposal || (t === undefined) !== two) return undefined;
  return clausesOf(offer.negotiation, proposal, [g, p ?? 0])[t ?? 0];
}

/** A proposal of thousands of transforms is asked for each of them. */
const CLAUSES = new WeakMap<Proposal, readonly Clause[]>();

function clausesOf(negotiation: Negotiation, proposal: Proposal, at: Path): readonly Clause[] {
  const known = CLAUSES.get(proposal) ?? clauses(negotiation, proposal, at);
  CLAUSES.set(proposal, known);
  return known;
}

type Namer = (slot: Slot, algorithm: Algorithm, negotiation: Negotiation) => string;

/** Keywords by the numbers of the proposal at this path. */
function namer(offer: Offer, [g = -1, p = -1]: Path): Namer {
  const protocol = offer.groups[g]?.proposals[p]?.protocol;
  return (slot, algorithm, negotiation) => keyword(slot, negotiation, algorithm, protocol);
}
