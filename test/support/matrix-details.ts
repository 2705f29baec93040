/** What lies behind the cells of a generated run: the profiles' own judgements and log lines, configurations, messages, a capture that opens. */
import { xorshift } from '../../bench/random.ts';
import { writePcap } from '../../src/net/index.ts';
import type { Negotiation } from '../../src/proposals/model.ts';
import { ConfigError, parseOffer, parsePolicy, selectorFor, writeSa } from '../../src/proposals/index.ts';
import type { Configured } from '../../src/proposals/selectors/index.ts';
import type { CellDetails, MatrixCell, MessageLine, SideDetails, TraceSection } from '../../src/report/matrix/result.ts';
import { traceSection } from '../../src/report/matrix/trace.ts';
import { HOSTILE } from './hostile-strings.ts';
import { SAMPLE_CASES, type SampleCase } from './matrix-cases.ts';

/** Whose mind a responder has; daemons of other names think as RFC 7296 does. */
function profileOf(responder: string): string {
  const [family = ''] = responder.replace(/^model:/, '').split('@');
  const known: Readonly<Record<string, string>> = {
    strongswan: 'strongswan@5.9.8',
    libreswan: 'libreswan@4.10',
    openiked: 'openiked@7.4',
    racoon: 'racoon',
  };
  return known[family] ?? 'rfc';
}

/** The details of a cell. `lines` is how long its logs are; `hostile` puts strings that try to break out into all of it. */
export function sampleDetails(
  cell: MatrixCell,
  { lines = 60, hostile = false }: { readonly lines?: number; readonly hostile?: boolean } = {},
): CellDetails {
  const one = SAMPLE_CASES.find(({ id }) => id === cell.case) ?? first();
  const { section, logs } = judged(one, cell.responder);
  const seed = Array.from(cell.id).reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0, 7);
  const extra = hostile ? Object.values(HOSTILE) : [];
  const messages = ladder(cell, one);
  return {
    id: cell.id,
    initiator: side(cell.initiator, one.initiator, [], { seed, lines, extra }),
    responder: side(cell.responder, one.responder, logs, { seed: seed + 1, lines, extra }),
    messages: messages.map((message, i) =>
      hostile ? { ...message, summary: `${message.summary} ${extra[i] ?? ''}`, lines: [...message.lines, ...extra] } : message,
    ),
    capture: captureOf(messages.length),
    keys:
      messages.length > 2
        ? [
            `${hex(seed, 8)},${hex(seed + 2, 8)},${hex(seed + 3, 32)},${hex(seed + 4, 32)},"AES-CBC-256 [RFC3602]",${hex(seed + 5, 32)},${hex(seed + 6, 32)},"HMAC_SHA2_256_128 [RFC4868]"`,
          ]
        : [],
    trace: hostile ? [{ ...section, profile: HOSTILE.markup, reasons: extra }] : [section],
  };
}

function first(): SampleCase {
  const [one] = SAMPLE_CASES;
  if (one === undefined) throw new Error('there is no sample case');
  return one;
}

const JUDGED = new Map<string, { readonly section: TraceSection; readonly logs: readonly string[] }>();

function judged(one: SampleCase, responder: string): { readonly section: TraceSection; readonly logs: readonly string[] } {
  const negotiation: Negotiation = one.version === 1 ? 'ikev1-phase1' : 'ikev2-ike';
  const key = `${one.id} ${responder}`;
  const known = JUDGED.get(key);
  if (known !== undefined) return known;
  const offer = parseOffer(one.offer, negotiation);
  const { profile, configured } = mindOf(responder, negotiation, one.policy);
  const step = one.version === 1 ? 'main' : 'sa-init';
  const response = configured.respond({ negotiation, step, sa: writeSa({ offer }), keGroup: 14 });
  const section = traceSection({ step: 'ike', judgedBy: 'responder', profile }, offer, response);
  const made = { section, logs: response.logs.map(({ text }) => text) };
  JUDGED.set(key, made);
  return made;
}

/** The profile of a responder with this policy; that of the RFC where it would not load it. */
function mindOf(
  responder: string,
  negotiation: Negotiation,
  policy: string,
): { readonly profile: string; readonly configured: Configured } {
  for (const profile of [profileOf(responder), 'rfc']) {
    const selector = selectorFor(profile);
    if (!selector.profile.negotiations.includes(negotiation)) continue;
    try {
      return { profile, configured: selector.configured(negotiation, { policy: parsePolicy(policy, negotiation) }) };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
  }
  throw new Error(`nobody judges ${policy}`);
}

interface LogOptions {
  readonly seed: number;
  readonly lines: number;
  readonly extra: readonly string[];
}

function side(id: string, neutral: readonly string[], said: readonly string[], { seed, lines, extra }: LogOptions): SideDetails {
  const random = xorshift(seed * 2 + 1);
  let at = 0;
  const stamp = (): string => {
    at += random(40) / 1000;
    return at.toFixed(3).padStart(8);
  };
  const log = [
    ...Array.from(
      { length: Math.ceil(lines / 3) },
      (_, i) => `plugin '${WORDS[i % WORDS.length] ?? ''}' loaded, ${1 + random(40)} features`,
    ),
    ...said,
    ...extra,
    ...Array.from(
      { length: Math.ceil(lines / 3) },
      () => `sending packet: from 10.99.0.${2 + random(2)}[500] to 10.99.0.1[500] (${80 + random(900)} bytes)`,
    ),
    ...Array.from({ length: Math.ceil(lines / 3) }, () => `chose spi ${hex(random(1_000_000_000), 8)} for the new SA`),
  ].map((line) => `${stamp()} ${line}`);
  const configuration = id.startsWith('strongswan')
    ? {
        name: 'swanctl.conf',
        text: `connections {\n  lab {\n    ${neutral.join('\n    ').replaceAll(/^(\s*\w+) /gm, '$1 = ')}\n    children {\n      net { esp_proposals = aes256-sha256 }\n    }\n  }\n}\n`,
      }
    : { name: id.startsWith('openiked') ? 'iked.conf' : 'ipsec.conf', text: `# ${id}\nconn lab\n\t${neutral.join('\n\t')}\n` };
  return {
    configuration: [configuration, ...extra.map((text) => ({ name: text, text }))],
    log: log.join('\n'),
    status: `lab: #1, ESTABLISHED, IKE\n  local  'initiator.lab' @ 10.99.0.2[500]\n  remote 'responder.lab' @ 10.99.0.3[500]\n  ${extra.join('\n')}`,
  };
}

const WORDS = ['aes', 'sha2', 'gmp', 'random', 'nonce', 'x509', 'kernel', 'socket', 'openssl', 'revocation', 'constraints', 'pem'];

function ladder(cell: MatrixCell, one: SampleCase): readonly MessageLine[] {
  const init = one.version === 1 ? 'main mode' : 'IKE_SA_INIT';
  const steps = cell.actual ?? [];
  const refused = steps.find(({ step }) => step === 'ike')?.state === 'refused';
  const inside = [
    'SA: proposal 1 IKE: AES_CBC_256, HMAC_SHA2_256_128, PRF_HMAC_SHA2_256, MODP_2048',
    'KE: MODP_2048, 256 octets',
    'Ni: 32 octets',
  ];
  const lines: MessageLine[] = [
    {
      at: 0,
      from: 'initiator',
      summary: `${init} request: SA KE No N(NAT_DETECTION_SOURCE_IP) N(NAT_DETECTION_DESTINATION_IP)`,
      lines: inside,
    },
    {
      at: 3.2,
      from: 'responder',
      summary: refused ? `${init} response: N(NO_PROPOSAL_CHOSEN)` : `${init} response: SA KE No N(NAT_DETECTION_SOURCE_IP)`,
      lines: refused ? ['N: NO_PROPOSAL_CHOSEN, protocol 0, no SPI, no data'] : inside,
    },
  ];
  if (refused || steps.length === 0) return lines;
  const exchange = one.version === 1 ? 'quick mode' : 'IKE_AUTH';
  lines.push(
    {
      at: 9.8,
      from: 'initiator',
      summary: `${exchange} request: IDi AUTH SA TSi TSr`,
      lines: ['IDi: FQDN initiator.lab', 'AUTH: shared key', 'SA: proposal 1 ESP: AES_CBC_256, HMAC_SHA2_256_128, ESN 0'],
    },
    {
      at: 13.1,
      from: 'responder',
      summary: `${exchange} response: IDr AUTH SA TSi TSr`,
      lines: ['IDr: FQDN responder.lab', 'AUTH: shared key', 'SA: proposal 1 ESP: AES_CBC_256, HMAC_SHA2_256_128, ESN 0'],
    },
  );
  if (steps.some(({ step }) => step.startsWith('rekey'))) {
    lines.push(
      {
        at: 1012.4,
        from: 'initiator',
        summary: 'CREATE_CHILD_SA request: N(REKEY_SA) SA Ni TSi TSr',
        lines: ['N: REKEY_SA, protocol ESP'],
      },
      { at: 1014.9, from: 'responder', summary: 'CREATE_CHILD_SA response: SA Nr TSi TSr', lines: [] },
    );
  }
  return lines;
}

function captureOf(count: number): string {
  const entries = Array.from({ length: count }, (_, i) => ({
    direction: i % 2 === 0 ? ('sent' as const) : ('received' as const),
    at: i * 4,
    bytes: new Uint8Array(28).fill(i + 1),
  }));
  const ends = { local: { address: '10.99.0.2', port: 500 }, peer: { address: '10.99.0.3', port: 500 } };
  return Buffer.from(writePcap(entries, ends)).toString('base64');
}

function hex(seed: number, octets: number): string {
  const random = xorshift(seed * 2 + 1);
  return Array.from({ length: octets }, () => random(256).toString(16).padStart(2, '0')).join('');
}
