/**
 * A recorded answer of a real daemon, asked again of the profile of its name and release.
 *
 * Rule: what a row does not say is not compared.
 *
 * @module
 */
import { notifyName } from '../../ike/index.ts';
import { libreswanPolicy, parseLibreswan, readOpeniked } from '../../proposals/dialects/index.ts';
import { parseStrongswanProposals } from '../../proposals/dialects/strongswan.ts';
import type { Negotiation } from '../../proposals/model.ts';
import { parsePolicy } from '../../proposals/notation.ts';
import type { Policy } from '../../proposals/policy.ts';
import { writeSa } from '../../proposals/selectors/answers.ts';
import { type Configured, PROFILES, type Request, type Response, selectorFor, type Setup } from '../../proposals/selectors/index.ts';
import type { Row } from './batch-row.ts';
import type { Result } from './batch-judges.ts';
import { bytesToHex } from './hex.ts';
import { codeOf, printLine, replyOf } from './select-report.ts';

/** What a real daemon answered: code, the octets of its SA, the group that it asked for. `impl` names it and its release. */
export function judgeMeasured(row: Row): Result {
  const version = row.version();
  const negotiation = version === 1 ? 'ikev1-phase1' : 'ikev2-ike';
  const step = version === 2 ? 'sa-init' : row.given('step') ? row.word('step', ['main', 'aggressive'] as const) : 'main';
  const name = measuredProfile(row.text('impl'));
  const peer = selectorFor(name).configured(negotiation, setupOf(row, name, negotiation));
  const request: Request = { negotiation, step, sa: row.hex('saPayload'), ...(row.given('keGroup') && { keGroup: row.number('keGroup') }) };
  const response = row.flag('selection', false) ? checked(peer, request, row) : peer.respond(request);
  const code = codeOf(response);
  const line = {
    id: row.text('id'),
    outcome: response.outcome,
    code,
    notify: code === null || code <= 0 ? null : notifyName(version, code).replaceAll('-', '_'),
    accepted: response.outcome === 'selected',
    logs: response.logs.map(printLine),
    replySa: replyOf(response),
    wire: wireText(response),
    ...(response.wantsGroup !== undefined && { group: response.wantsGroup }),
  };
  return compareStated(line, row);
}

/** An initiator that has sent what the row says, or what it offers by itself. */
function checked(peer: Configured, request: Request, row: Row): Response {
  const offered = row.given('offered') ? row.hex('offered') : writeSa({ offer: peer.offer(request.step) });
  return peer.check({ ...request, offered });
}

const COMPARED = ['code', 'replySa', 'wire', 'group', 'accepted'] as const;

function compareStated(line: Readonly<Record<string, unknown>>, row: Row): Result {
  const fields = Object.entries(row.stated(COMPARED));
  if (fields.length === 0) return { line };
  return { line, agrees: fields.every(([field, value]) => (line[field] ?? null) === value) };
}

/** `strongswan charon-systemd 5.9.8-5+deb12u6 (…)` → `strongswan@5.9.8`. */
function measuredProfile(impl: string): string {
  const text = impl.toLowerCase();
  const [, first = ''] = /^(?:the )?([a-z0-9-]{1,40})/.exec(text) ?? [];
  const name = first === 'iked' ? 'openiked' : first;
  const profile = PROFILES.find((each) => each.name === name);
  const [release] = /\d+(?:\.\d+)+/.exec(text.slice(first.length, first.length + 200)) ?? [];
  const named = profile === undefined || profile.releases.some((each) => each !== '');
  return release === undefined || !named ? name : `${name}@${release}`;
}

/** Undefined when the row says nothing of it: as it is installed. */
function setupOf(row: Row, name: string, negotiation: 'ikev1-phase1' | 'ikev2-ike'): Setup | undefined {
  const settings = row.given('settings') ? row.settings('settings') : undefined;
  if (!row.given('local')) return settings && { policy: [], settings };
  return { policy: measuredPolicy(name, row.texts('local'), negotiation), ...(settings && { settings }) };
}

/** In the daemon's own notation; ours for those without one. */
function measuredPolicy(name: string, local: readonly string[], negotiation: 'ikev1-phase1' | 'ikev2-ike'): Policy {
  const [daemon = '', release] = name.split('@');
  switch (daemon) {
    case 'strongswan':
      return local.flatMap((text) => parseStrongswanProposals(text, negotiation));
    case 'libreswan': {
      const options = { ikev: negotiation === 'ikev1-phase1' ? 1 : 2, ...(release !== undefined && { release }) } as const;
      return libreswanPolicy(parseLibreswan('ike', local.join(','), options), negotiation);
    }
    case 'openiked':
      return local.some((text) => OWN_CLAUSE.test(text))
        ? readOpeniked(local.map((text) => `ikesa ${text}`).join(' ')).ike
        : ours(local, negotiation);
    default:
      return ours(local, negotiation);
  }
}

const OWN_CLAUSE = /^\s*(?:enc|prf|auth|group)\s/;

function ours(local: readonly string[], negotiation: Negotiation): Policy {
  return local.flatMap((text) => parsePolicy(text, negotiation));
}

/** `silence`, or a notification with all that a peer sees of it, as measurements write it. */
function wireText({ wire }: Response): string {
  if (wire.kind !== 'notify') return wire.kind;
  const { type, data, protocol, spi, responderSpi, messageId } = wire;
  const octets = data.length > 0 ? ` data ${bytesToHex(data)}` : '';
  return `notify ${type}${octets}, protocol ${protocol}, SPI ${spi}, responder SPI ${responderSpi}, message id ${messageId}`;
}
