/**
 * Authenticated sessions: how far each came, the traffic that was granted, and what a rekeying would do.
 *
 * @module
 */
import type { ChildView, RekeyView, SessionReport, TrafficView } from '../../../probe/result.ts';
import { exchangeTitle } from '../../explain.ts';
import { safe } from '../../terminal.ts';
import { Ground } from './evidence.tsx';

export function Sessions({ sessions }: { readonly sessions: readonly SessionReport[] }) {
  if (sessions.length === 0) return null;
  return (
    <section class="part" aria-labelledby="sessions-title">
      <h2 id="sessions-title">
        Sessions <small>with the credentials that were given</small>
      </h2>
      {sessions.map((session) => (
        <Session session={session} />
      ))}
    </section>
  );
}

function Session({ session }: { readonly session: SessionReport }) {
  const { version, exchange, state, why, suite, auth, ours, peer, port, firstChild, traffic, rekeys, ended, evidence } = session;
  return (
    <article class={`session ${state}`}>
      <h3>
        IKEv{version} <span class={`state ${state === 'established' ? 'chosen' : 'refused'}`}>{state}</span>
        <small>{exchangeTitle(exchange)}</small> <Ground evidence={evidence} />
      </h3>
      {why !== null && (
        <p class="why-state">
          {safe(why.text)} <Ground basis={why.basis} evidence={why.evidence} />
        </p>
      )}
      <dl class="facts">
        {suite !== null && <Fact label="Suite" text={safe(suite)} code />}
        <Fact label="We are" text={`${safe(ours.text)} (${safe(ours.type)}), by ${safe(auth)}`} />
        {peer !== null && <Fact label="The peer is" text={`${safe(peer.text)} (${safe(peer.type)}), by ${safe(peer.auth)}`} />}
        {port !== 500 && <Fact label="Port" text={String(port)} />}
        {ended !== null && <Fact label="Ended" text={ended.replace('-', ', ')} />}
      </dl>
      {traffic.length > 0 && <Traffic traffic={traffic} />}
      {(firstChild !== null || rekeys.length > 0) && <Children first={firstChild} rekeys={rekeys} />}
    </article>
  );
}

function Fact({ label, text, code = false }: { readonly label: string; readonly text: string; readonly code?: boolean }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{code ? <code>{text}</code> : text}</dd>
    </div>
  );
}

function Traffic({ traffic }: { readonly traffic: readonly TrafficView[] }) {
  const ends = ({ own, peer }: { readonly own: readonly string[]; readonly peer: readonly string[] }): string =>
    `${own.map(safe).join(', ')} ⇄ ${peer.map(safe).join(', ')}`;
  return (
    <div class="steps-frame">
      <table class="steps">
        <thead>
          <tr>
            <th scope="col">Traffic</th>
            <th scope="col">Asked for</th>
            <th scope="col">Granted</th>
          </tr>
        </thead>
        <tbody>
          {traffic.map(({ asked, answered, refused, evidence }) => (
            <tr class={answered === null ? 'differs' : undefined}>
              <th scope="row">
                <Ground evidence={evidence} />
              </th>
              <td data-label="Asked for">{ends(asked)}</td>
              <td data-label="Granted">{refused ? 'refused' : answered === null ? 'nothing made' : ends(answered)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Children({ first, rekeys }: { readonly first: ChildView | null; readonly rekeys: readonly RekeyView[] }) {
  const rows = [
    ...(first === null ? [] : [{ what: 'first child SA', offered: '', one: first }]),
    ...rekeys.map((one) => ({
      what: `rekeying of the ${one.what === 'ike' ? 'IKE' : 'child'} SA, ${one.group === 'none' ? 'without a group' : one.group}`,
      offered: one.offered,
      one,
    })),
  ];
  return (
    <div class="steps-frame">
      <table class="steps">
        <thead>
          <tr>
            <th scope="col">Child and rekeying</th>
            <th scope="col">Offered</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ what, offered, one }) => (
            <tr class={one.state === 'established' ? undefined : 'differs'}>
              <th scope="row">{safe(what)}</th>
              <td data-label="Offered">
                <code>{safe(offered)}</code>
              </td>
              <td data-label="Outcome">
                {one.state}
                {one.suite !== null && (
                  <>
                    {' '}
                    <code>{safe(one.suite)}</code>
                  </>
                )}
                {one.notify !== null && ` ${safe(one.notify)}`} <Ground evidence={one.evidence} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
