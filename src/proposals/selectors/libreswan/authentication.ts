/**
 * Methods of authentication in phase 1: what the transforms say together decides whether there is a connection for them at
 * all, what each says whether it will do.
 *
 * @see libreswan `preparse_isakmp_sa_body`, `match_v1_connection` (4.7 and later), `find_host_connection` (before)
 * @module
 */
import type { Choice } from '../../model.ts';
import type { Algorithm } from '../../model.ts';
import type { LogLine } from '../../log-lines.ts';
import { OAKLEY } from '../../model.ts';
import type { Bench } from './bench.ts';
import { DROPPED, type Fault, type Outcome, structure } from './ledger.ts';
import { book } from './log.ts';
import * as names from './names.ts';
import { type Block, left, OAKLEY_ATTRIBUTE, PROPOSAL, readHeader, readOctets, SITUATION, transformLayout } from './packet.ts';

const PSK = 1;
const RSA_SIG = 3;
const XAUTH = { initPsk: 65001, respPsk: 65002, initRsa: 65005, respRsa: 65006 } as const;
const LONGEST_SPI = 16;
const ATTRIBUTE_HEADER = 4;
const TRANSFORM = transformLayout('ISAKMP', names.ISAKMP_TRANSFORM);

/** What a connection is set to. */
interface Methods {
  readonly psk: boolean;
  readonly rsa: boolean;
}

/** Since 4.7 a connection has one method, RSA signatures before preshared keys. */
function configured({ here, release }: Bench): Methods {
  const methods = here.setup.auth ?? [PSK];
  const psk = methods.some((method) => method === PSK || method === XAUTH.initPsk || method === XAUTH.respPsk);
  const rsa = methods.some((method) => method === RSA_SIG || method === XAUTH.initRsa || method === XAUTH.respRsa);
  return release.since('4.7') && rsa ? { psk: false, rsa } : { psk, rsa };
}

/** All methods that the offer names. */
interface Offered {
  psk: boolean;
  rsa: boolean;
  xauth: boolean;
}

/**
 * Why there is no connection for an offer: it is dropped without an answer. Nothing when there is one.
 *
 * @param sa behind the DOI; it is not moved
 */
export function refuseConnection(sa: Block, aggressive: boolean, bench: Bench): Outcome | undefined {
  const { release, here, ledger } = bench;
  const modern = release.since('4.7');
  const offered = offeredMethods({ ...sa }, bench);
  if (!modern && here.setting('peer') === 'known') return undefined;
  if ('text' in offered) {
    if (!modern) return undefined;
    const line = book.write(aggressive ? 'corruptSaAggressive' : 'corruptSa', { fault: offered.text });
    ledger.refuse([], [{ reason: structure(line, []), line }]);
    return { code: DROPPED };
  }
  const { psk, rsa } = configured(bench);
  const xauth = here.setting('xauth') !== 'no';
  const suits = modern
    ? rsa
      ? offered.rsa
      : psk && offered.psk
    : (offered.psk && offered.rsa) || ((!offered.psk || psk) && (!offered.rsa || rsa));
  if (suits && offered.xauth === xauth) return undefined;
  const line = complaint(offered, aggressive, bench);
  ledger.refuse([], [{ reason: { code: 'policy-requires', what: 'authentication', path: [] }, line }]);
  return { code: DROPPED };
}

function complaint(offered: Offered, aggressive: boolean, { release }: Bench): LogLine {
  const words = [offered.psk ? 'PSK' : '', offered.rsa ? 'RSASIG' : ''].filter(Boolean);
  const authby = words.join('+') || 'none';
  if (aggressive) return book.write('noConnectionAggressive', { peer: '%any', authby });
  if (release.since('4.7')) return book.write('noConnection', { authby, xauth: offered.xauth ? 'yes' : 'no' });
  const both = offered.psk && offered.rsa;
  const policy = [...(both ? [] : words.toReversed()), ...(offered.xauth ? ['XAUTH'] : [])].join('+');
  return book.write('noConnectionOfPolicy', { policy });
}

/** Up to 4.6 what cannot be read says nothing. */
function offeredMethods(sa: Block, bench: Bench): Offered | { readonly text: string } {
  const found: Offered = { psk: false, rsa: false, xauth: false };
  const situation = readHeader(sa, SITUATION);
  if (situation.fault) return situation.fault;
  const proposal = readHeader(sa, PROPOSAL);
  if (proposal.fault) return proposal.fault;
  const { spiSize, count } = proposal.values;
  if (spiSize > LONGEST_SPI) return { text: 'proposal SPI size is too big' };
  const spi = readOctets(proposal.body, spiSize, bench.release.since('5.1') ? 'Oakley SPI (ignored)' : 'Oakley SPI', bench.release);
  if (!(spi instanceof Uint8Array)) return spi;
  for (let i = 0; i < count; i++) {
    const transform = readHeader(proposal.body, TRANSFORM);
    if (transform.fault) return transform.fault;
    while (left(transform.body) >= ATTRIBUTE_HEADER) {
      const attribute = readHeader(transform.body, OAKLEY_ATTRIBUTE);
      if (attribute.fault) return attribute.fault;
      if (attribute.values.type === (OAKLEY.auth | names.TV)) add(found, attribute.values.value);
    }
  }
  return found;
}

function add(found: Offered, method: number): void {
  if (method === XAUTH.initPsk || method === XAUTH.initRsa) found.xauth = true;
  if (method === XAUTH.initPsk || method === PSK) found.psk = true;
  if (method === XAUTH.initRsa || method === RSA_SIG) found.rsa = true;
}

/** What is wrong with the method of one transform. */
export function judgeMethod(offered: Choice, attribute: string, bench: Bench): Fault | undefined {
  const { here, check, release } = bench;
  const role = check ? 'initiator' : 'responder';
  const { psk, rsa } = configured(bench);
  // Who is to prove himself by name and password: the initiator when the server is the responder.
  const initiator = here.setting('xauth') === (check ? 'client' : 'server');
  const responder = here.setting('xauth') === (check ? 'server' : 'client');
  const whom = initiator ? 'initiator' : 'responder';
  const reason: Fault['reason'] = { code: 'algorithm-not-configured', offered, allowed: allowedMethods(psk, rsa, initiator, responder) };
  const { id } = offered;
  switch (id) {
    case XAUTH.initPsk:
    case XAUTH.respPsk:
    case XAUTH.initRsa:
    case XAUTH.respRsa: {
      const ofInitiator = id === XAUTH.initPsk || id === XAUTH.initRsa;
      const values = { whom: ofInitiator ? 'initiator' : 'responder', role, attribute };
      if (ofInitiator ? initiator : responder) break;
      const withRsa = id === XAUTH.initRsa || id === XAUTH.respRsa;
      return { reason, line: withRsa ? book.write('xauthRsaNotAllowed', values) : book.write('xauthNotAllowed', values) };
    }
    case PSK:
    case RSA_SIG:
      if (!initiator && !responder) break;
      return { reason, line: book.write('xauthRequired', { secret: id === PSK ? 'PSK' : 'RSA', whom, role, attribute }) };
    default: {
      const method = names.longName(names.OAKLEY_AUTH, id, release);
      return { reason: { code: 'algorithm-unknown', offered }, line: book.write('authNotSupported', { method, attribute }) };
    }
  }
  const needsPsk = id === PSK || id === XAUTH.initPsk || id === XAUTH.respPsk;
  if (needsPsk ? !psk : !rsa) {
    const method = needsPsk ? 'OAKLEY_PRESHARED_KEY' : 'OAKLEY_RSA_SIG';
    return { reason, line: book.write('authNotAllowed', { method, attribute }) };
  }
  if (!needsPsk || here.setting('secret') === 'known') return undefined;
  return { reason: { code: 'no-credential', offered }, line: book.write('noSecret', { me: '%any', him: '%any', attribute }) };
}

function allowedMethods(psk: boolean, rsa: boolean, initiator: boolean, responder: boolean): readonly Algorithm[] {
  const ids = initiator ? [XAUTH.initPsk, XAUTH.initRsa] : responder ? [XAUTH.respPsk, XAUTH.respRsa] : [PSK, RSA_SIG];
  return ids.filter((_, i) => (i === 0 ? psk : rsa)).map((id) => ({ id }));
}
