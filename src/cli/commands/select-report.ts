/**
 * A selector's verdict as JSON and as text.
 *
 * @module
 */
import { clauses } from '../../proposals/clauses.ts';
import type { Algorithm, Negotiation, Offer, Path, Slot } from '../../proposals/model.ts';
import { keyword } from '../../proposals/notation/words.ts';
import { NOTIFY_NAMES, type PlutoVerdict, printLine } from '../../proposals/selectors/freeswan/index.ts';
import type { Judgement } from '../../proposals/verdict.ts';
import { explainReason } from '../../report/explain.ts';
import { style, type Style, wrap } from '../../report/terminal.ts';
import type { Appearance } from '../io.ts';
import { bytesToHex } from './hex.ts';

/** What was asked, and the verdict. */
export interface Selected {
  readonly profile: string;
  readonly policy: string;
  readonly exchange: string;
  readonly offer: Offer;
  readonly verdict: PlutoVerdict;
}

/** One object, ready for `JSON.stringify`. */
export function selectJson(selected: Selected): Readonly<Record<string, unknown>> {
  const { profile, policy, exchange, offer, verdict } = selected;
  const { outcome, code, trace, logs, reply } = verdict;
  return {
    schema: 'ike-probe/1',
    kind: 'select',
    complete: true,
    profile,
    policy,
    exchange,
    outcome,
    code,
    notify: NOTIFY_NAMES.get(code) ?? null,
    accepted: outcome === 'selected',
    wire: wireOf(verdict),
    selection: outcome === 'selected' ? verdict.selection : null,
    judgements: trace.map((judgement) => judgementJson(judgement, offer)),
    notLookedAt: notLookedAt(selected).map((path) => ({ path, suite: suiteAt(offer, path) ?? null })),
    logs: logs.map(printLine),
    replySa: reply ? bytesToHex(reply) : null,
  };
}

/** What leaves for the peer. */
function wireOf(verdict: PlutoVerdict): 'answer' | 'silence' | 'nothing' | number {
  if (verdict.outcome === 'refused') return verdict.notify;
  return verdict.reply ? 'answer' : 'nothing';
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

/** Transforms without a judgement, in the order of the offer. */
function notLookedAt({ offer, verdict }: Selected): readonly Path[] {
  const judged = new Set(verdict.trace.map(({ path }) => path.join()));
  return offer.groups
    .flatMap((group, g) => group.proposals.flatMap((proposal, p) => proposal.transforms.map((_, t) => [g, p, t])))
    .filter((path) => !judged.has(path.join()));
}

/** The verdict for people: what, why, the log, the wire. */
export function selectText(selected: Selected, { columns, color, ascii }: Appearance): string {
  const look = style({ color, ascii });
  const { profile, policy, exchange, offer, verdict } = selected;
  const { outcome, code, trace, logs } = verdict;
  const yes = outcome === 'selected';
  const verb = yes ? look.good('selects') : look.bad('refuses');
  const lines = [
    `${look.marks[yes ? 'yes' : 'no']} ${profile} (${policy || 'no policy'}) ${verb} in ${exchange}${yes ? '' : `: ${notifyName(code)}`}`,
  ];
  lines.push('', look.bold('Judged, in the order in which it looks'));
  for (const judgement of trace) lines.push(...judgementLines(judgement, offer, columns, look));
  for (const path of notLookedAt(selected)) lines.push(`  ${look.marks.dot} ${look.dim(`${placeOf(path, offer)}: not looked at`)}`);
  lines.push('', look.bold('Its log'));
  lines.push(...(logs.length > 0 ? logs.map((line) => `  ${printLine(line)}`) : ['  nothing']));
  if (logs.some(({ level }) => level === 'debug')) lines.push(look.dim('  (lines with a bar: only when it debugs)'));
  lines.push('', look.bold('On the wire'), ...wireLines(verdict, columns));
  return `${lines.join('\n')}\n`;
}

function judgementLines({ path, accepted, reasons, shown = 0, fatal }: Judgement, offer: Offer, columns: number, look: Style): string[] {
  const name = namer(offer, path);
  const end = fatal === undefined ? '' : ' (ends the whole SA)';
  const mark = accepted ? look.good(look.marks.yes) : look.bad(look.marks.no);
  const head = `  ${mark} ${placeOf(path, offer)}: ${accepted ? 'accepted' : `refused${end}`}`;
  const why = reasons.flatMap((reason, i) => {
    const text = explainReason(reason, offer.negotiation, name);
    return wrap(
      i < shown ? text : `${text} (Pluto hides this one)`,
      columns,
      i === 0 ? '      logged: ' : '        also: ',
      ' '.repeat(14),
    );
  });
  return [head, ...(shown === 0 ? why.map((line) => line.replace('logged: ', '        ')) : why)];
}

function wireLines(verdict: PlutoVerdict, columns: number): string[] {
  const wire = wireOf(verdict);
  if (typeof wire === 'number') return [`  notify ${wire} ${notifyName(wire)}`];
  if (wire === 'silence') return ['  silence: this implementation sends no error notifications'];
  if (!verdict.reply) return ['  nothing: the initiator goes on with its next message'];
  const hex = bytesToHex(verdict.reply);
  const width = Math.max(16, (columns - 2) & ~7);
  return ['  SA payload of the answer:', ...(hex.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).map((part) => `  ${part}`)];
}

function notifyName(code: number): string {
  return NOTIFY_NAMES.get(code) ?? 'message dropped';
}

/** `transform 1 (3des-md5-modp1024 psk)`, with the group and proposal when there are several. */
function placeOf(path: Path, offer: Offer): string {
  const [g, p, t] = path;
  if (g === undefined) return 'the SA';
  const group = offer.groups[g];
  const words = [];
  if (offer.groups.length > 1 || t === undefined) words.push(`group ${g + 1}`);
  if (p !== undefined && ((group?.proposals.length ?? 0) > 1 || t === undefined)) words.push(`proposal ${p + 1}`);
  if (t !== undefined) words.push(`transform ${t + 1}`);
  const suite = suiteAt(offer, path);
  return words.join(', ') + (suite === undefined ? '' : ` (${suite})`);
}

const ORDER: readonly Slot[] = ['encryption', 'compression', 'integrity', 'hash', 'prf', 'group'];
const BESIDE: readonly Slot[] = ['auth', 'mode'];

/** The transform in suite notation, what is not an algorithm of the suite beside it. */
function suiteAt(offer: Offer, path: Path): string | undefined {
  const [g = -1, p = -1, t] = path;
  const proposal = offer.groups[g]?.proposals[p];
  if (!proposal || t === undefined) return undefined;
  const clause = clauses(offer.negotiation, proposal, [g, p])[t];
  if (!clause) return undefined;
  const name = namer(offer, path);
  const named = (slots: readonly Slot[]): string[] =>
    slots.flatMap((slot) => (clause.slots.get(slot) ?? []).map((choice) => name(slot, choice, offer.negotiation)));
  const suite = [named(ORDER).join('-'), ...named(BESIDE)].filter((word) => word !== '').join(' ');
  return suite === '' ? undefined : suite;
}

type Namer = (slot: Slot, algorithm: Algorithm, negotiation: Negotiation) => string;

/** Keywords by the numbers of the proposal at this path. */
function namer(offer: Offer, [g = -1, p = -1]: Path): Namer {
  const protocol = offer.groups[g]?.proposals[p]?.protocol;
  return (slot, algorithm, negotiation) => keyword(slot, negotiation, algorithm, protocol);
}
