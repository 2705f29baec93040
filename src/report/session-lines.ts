/**
 * An authenticated session in the text report: who proved what to whom, for which traffic, and what happens when lifetimes are over.
 *
 * @module
 */
import type { ChildView, IdentityView, RekeyView, SessionReport, TrafficView } from '../probe/result.ts';
import { grounds, item, seen, title } from './page.ts';
import type { Page } from './page.ts';
import { safe, wrap } from './terminal.ts';

/** The lines below the heading of a session. */
export function sessionLines(session: SessionReport, page: Page): string[] {
  const { why, evidence, suite } = session;
  const reason = why === null ? [] : wrap(`${safe(why.text)}${grounds(why.basis)}${seen(why.evidence, page)}`, page.columns, '  ');
  if (session.state === 'not-tried') return reason;
  return [
    ...reason,
    ...item('With', `${safe(suite ?? 'no suite')}, authenticated by ${session.auth}${seen(evidence, page)}`, page),
    ...item('We are', identityText(session.ours), page),
    ...(session.peer
      ? item('Peer is', `${identityText(session.peer)}${session.peer.auth === '' ? '' : `, proved by ${safe(session.peer.auth)}`}`, page)
      : []),
    ...natLines(session, page),
    ...(session.firstChild ? item('At first', firstText(session.firstChild, page), page) : []),
    ...session.traffic.flatMap((traffic) => trafficLines(traffic, page)),
    ...modeLines(session, page),
    ...rekeyLines(session, page),
    ...endLines(session, page),
  ];
}

/** The heading's figure: how far it came. */
export function sessionFigure({ state, rekeys }: SessionReport): string {
  if (state !== 'established') return { refused: 'refused', failed: 'failed', silent: 'no answer', 'not-tried': 'not tried' }[state];
  const lost = rekeys.filter((rekey) => rekey.state !== 'established').length;
  return lost === 0 ? 'established' : `established; ${lost} of ${rekeys.length} rekeyings fail`;
}

function identityText({ type, text }: IdentityView): string {
  return `${safe(text)} (${safe(type)})`;
}

function natLines({ nat, port }: SessionReport, page: Page): string[] {
  if (nat === null || (!nat.own && !nat.peer)) return [];
  const who = nat.own && nat.peer ? 'both sides are' : nat.own ? 'we are' : 'the peer is';
  return item('NAT', `${who} behind one${port === 4500 ? '' : '; the rest went to port 4500'}`, page);
}

function firstText({ state, suite, notify, evidence }: ChildView, page: Page): string {
  const shown = seen(evidence, page);
  if (state === 'established') return `a child SA with ${safe(suite ?? '')} within IKE_AUTH, where no group is spoken of${shown}`;
  if (state === 'refused') return `no child SA within IKE_AUTH: ${safe(notify ?? 'refused')}${shown}`;
  return `no child SA within IKE_AUTH: its answer is none${shown}`;
}

function trafficLines({ asked, answered, refused, evidence }: TrafficView, page: Page): string[] {
  const side = (ranges: readonly string[]): string => (ranges.length === 0 ? 'host' : ranges.map(safe).join(', '));
  const text = (of: { readonly own: readonly string[]; readonly peer: readonly string[] }): string =>
    `${side(of.own)} ${page.style.marks.both} ${side(of.peer)}`;
  const same = answered !== null && text(answered) === text(asked);
  const became = refused ? ': refused' : answered === null ? ': nothing was made for it' : same ? '' : `, made for ${text(answered)}`;
  return item('Traffic', `${text(asked)}${became}${seen(evidence, page)}`, page);
}

function modeLines({ modes }: SessionReport, page: Page): string[] {
  const words = (['tunnel', 'transport'] as const).flatMap((mode) =>
    modes[mode] === null ? [] : `${mode}: ${modes[mode] ? 'yes' : 'no'}`,
  );
  return words.length === 0 ? [] : item('Modes', words.join(', '), page);
}

function rekeyLines({ rekeys }: SessionReport, page: Page): string[] {
  if (rekeys.length === 0) return [];
  return [title('When lifetimes are over (forced now)', page), ...rekeys.flatMap((rekey) => rekeyLine(rekey, page))];
}

function rekeyLine(rekey: RekeyView, page: Page): string[] {
  const { marks, good, bad } = page.style;
  const what = rekey.what === 'ike' ? 'IKE SA' : 'child SA';
  const how = rekey.what === 'ike' ? '' : rekey.group === 'none' ? ' without PFS' : ' with PFS';
  const became =
    rekey.state === 'established'
      ? 'rekeyed'
      : rekey.state === 'refused'
        ? `refused: ${safe(rekey.notify ?? '')}`
        : rekey.state === 'silent'
          ? 'no answer'
          : 'its answer is none';
  const mark = rekey.state === 'established' ? good(marks.yes) : bad(marks.no);
  return wrap(`${what}${how}, ${safe(rekey.offered)}: ${became}${seen(rekey.evidence, page)}`, page.columns, `    ${mark} `);
}

const ENDS: Readonly<Record<NonNullable<SessionReport['ended']>, string>> = {
  deleted: 'deleted by us, and the peer said that it heard it',
  'deleted-unconfirmed': 'deleted by us; nobody confirms that here',
  'peer-deleted': 'deleted by the peer before all was asked',
  silence: 'the peer stopped answering; it may hold the SAs until it notices',
  refused: 'refused',
};

function endLines({ ended, state }: SessionReport, page: Page): string[] {
  return ended === null || state !== 'established' ? [] : item('End', ENDS[ended], page);
}
