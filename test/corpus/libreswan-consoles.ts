/** libreswan's own tests: two ipsec.conf files, and the initiator's console. Each statement about algorithms is predicted. */
import { libreswanPolicy, parseLibreswan } from '../../src/proposals/dialects/index.ts';
import { IPSEC } from '../../src/proposals/clauses.ts';
import { type Attribute, type Choice, type Negotiation, OAKLEY, type Offer, type Slot, type Transform } from '../../src/proposals/model.ts';
import type { Policy } from '../../src/proposals/policy.ts';
import { type Configured, type Conversation, converse, selectorFor, type Setup, type Step } from '../../src/proposals/selectors/index.ts';
import { corpusHas, corpusJson, corpusText, type Explained, type Family } from './family.ts';
import { algorithmNamed } from './names.ts';

type Connection = Readonly<Record<string, string>>;
type Consoles = Readonly<Record<string, readonly string[]>>;

/** The consoles are of a build after 5.4 with everything compiled in. */
const [LIBRESWAN, BUILD] = ['libreswan@5.4', 'testing'];
const STRONGSWAN = 'strongswan@6.1.0';

/** The connections of an ipsec.conf, `also=` and `%default` resolved. */
function connections(text: string): ReadonlyMap<string, Connection> {
  const sections = new Map<string, Record<string, string>>();
  let section: Record<string, string> | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/#.*$/, '').trimEnd();
    const head = /^(conn|config)\s+(\S+)/.exec(line);
    if (head !== null) {
      section = head[1] === 'conn' ? {} : undefined;
      if (section) sections.set(head[2] ?? '', section);
    } else if (section) {
      const [, key, value = ''] = /^\s+([\w-]+)\s*=\s*(.*)$/.exec(line) ?? [];
      if (key !== undefined) section[key] = value.replace(/^"(.*)"$/, '$1');
    }
  }
  const whole = (name: string, depth = 0): Connection => {
    const own = sections.get(name) ?? {};
    const also = own['also'] !== undefined && depth < 8 ? whole(own['also'], depth + 1) : {};
    return { ...also, ...own };
  };
  const defaults = sections.get(DEFAULT) ?? {};
  return new Map([...sections.keys()].map((name) => [name, { ...defaults, ...whole(name) }]));
}

const DEFAULT = '%default';

/** What was typed at the console: connections, and what the initiator does to its key lengths against its own rules. */
interface Typed {
  readonly connections: Map<string, Connection>;
  readonly impaired: Map<string, string>;
}

/** A command of the console, `ipsec addconn --name algo ike=…` or `ipsec whack --impair …`; nothing for other lines. */
function type(line: string, { connections: known, impaired }: Typed): void {
  const [, name, options = ''] = /^ ipsec addconn --name (\S+) (.*)$/.exec(line) ?? [];
  if (name !== undefined) {
    const pairs = options.split(' ').map((option) => [option.slice(0, option.indexOf('=')), option.slice(option.indexOf('=') + 1)]);
    known.set(name, { ...known.get(DEFAULT), ...(Object.fromEntries(pairs) as Connection) });
  }
  const [, impairment, value] = /^ ipsec whack --impair (\w+)(?::(\w+))?$/.exec(line) ?? [];
  if (impairment === 'none') impaired.clear();
  else if (impairment !== undefined && value !== undefined) impaired.set(impairment, value);
}

/** Key lengths left out (`empty` does no more), said twice where there was one, or one of any value at the end. */
function impairedOffer(offer: Offer, keyLength: number, how: string): Offer {
  const added = (own: readonly Attribute[]): readonly Attribute[] => {
    if (how === 'omit' || how === 'empty') return [];
    return how === 'duplicate' ? [...own, ...own] : [{ type: keyLength, form: 'TV', value: Number(how) }];
  };
  const transform = (each: Transform): Transform => {
    const others = each.attributes.filter(({ type: of }) => of !== keyLength);
    return { ...each, attributes: [...others, ...added(each.attributes.filter(({ type: of }) => of === keyLength))] };
  };
  const groups = offer.groups.map((group) => ({
    ...group,
    proposals: group.proposals.map((proposal) => ({ ...proposal, transforms: proposal.transforms.map(transform) })),
  }));
  return { ...offer, groups };
}

const versionOf = (connection: Connection): 1 | 2 =>
  connection['keyexchange'] === 'ikev1' || connection['ikev2'] === 'no' || connection['ikev2'] === 'never' ? 1 : 2;

function policyOf(connection: Connection, negotiation: Negotiation): Policy {
  const ikev = versionOf(connection);
  const isIke = negotiation === 'ikev1-phase1' || negotiation === 'ikev2-ike';
  const kind = isIke ? 'ike' : connection['ah'] !== undefined || connection['phase2'] === 'ah' ? 'ah' : 'esp';
  const text = isIke ? connection['ike'] : (connection['ah'] ?? connection['esp'] ?? connection['phase2alg']);
  return libreswanPolicy(parseLibreswan(kind, text, { ikev, release: BUILD, pfs: connection['pfs'] !== 'no' }), negotiation);
}

/** What a conversation leads to, for one connection of each side. */
interface Sides {
  readonly initiator: Connection;
  readonly responders: readonly Connection[] | 'strongswan';
  readonly impaired: Typed['impaired'];
}

function setupOf(connection: Connection, negotiation: Negotiation): Setup {
  const child = negotiation === 'ikev2-child' || negotiation === 'ikev1-phase2';
  const esn = connection['esn'];
  const methods = connection['authby'] === 'secret' ? [1] : [3];
  return {
    policy: policyOf(connection, negotiation),
    ...(negotiation === 'ikev1-phase1' && { auth: methods }),
    ...(child && esn !== undefined && { settings: { esn } }),
  };
}

function impair(mine: Configured, negotiation: Negotiation, impaired: Typed['impaired']): Configured {
  const [kind, attribute] = negotiation === 'ikev1-phase1' ? ['ike', OAKLEY.keyLength] : ['child', IPSEC.keyLength];
  const how = impaired.get(`${kind}_key_length_attribute`);
  if (how === undefined) return mine;
  return { ...mine, offer: (step, group) => impairedOffer(mine.offer(step, group), attribute, how) };
}

function talk(
  { initiator, responders, impaired }: Sides,
  negotiation: Negotiation,
  step: Step,
  ikeGroup?: number,
): Conversation | undefined {
  const mine = impair(selectorFor(LIBRESWAN).configured(negotiation, setupOf(initiator, negotiation)), negotiation, impaired);
  const theirs: readonly Configured[] =
    responders === 'strongswan'
      ? [selectorFor(STRONGSWAN).configured(negotiation)]
      : responders.map((each) => selectorFor(LIBRESWAN).configured(negotiation, setupOf(each, negotiation)));
  const talks = theirs.map((each) => converse(mine, each, negotiation, step, ikeGroup === undefined ? {} : { ikeGroup }));
  return talks.find(({ agreed }) => agreed) ?? talks[0];
}

/** `AES_GCM_16_256`, `HMAC_SHA2_512`, `DH19`, … against what was chosen. */
function differs(
  stated: Readonly<Partial<Record<Slot, string>>>,
  conversation: Conversation | undefined,
  negotiation: Negotiation,
): string[] {
  const last = conversation?.rounds.at(-1)?.response;
  if (!conversation?.agreed || last?.outcome !== 'selected') return [`predicted to fail: ${last?.wire.kind}`];
  const choices: readonly Choice[] = last.selection.parts.flatMap((part) => part.choices);
  return (Object.entries(stated) as [Slot, string][]).flatMap(([slot, words]) => {
    const got = choices.find((choice) => choice.slot === slot);
    if (words === 'n/a') return got === undefined || got.id === 0 ? [] : [`${slot}: wanted none, predicted ${got.id}`];
    const wanted = algorithmNamed(slot, negotiation, words);
    const fixed = /^(3DES_CBC|CHACHA20_POLY1305)/.test(words);
    const same = got?.id === wanted.id && (fixed || wanted.keyBits === undefined || (got.keyBits ?? 128) === wanted.keyBits);
    return same ? [] : [`${slot}: wanted ${words}, predicted ${got?.id}/${got?.keyBits}`];
  });
}

/** The conversation behind a statement of the console, and in what the prediction differs; nothing for lines about other things. */
function judged(line: string, sides: Sides, groups: Map<string, number>): string[] | undefined {
  const name = /^"([^"]+)"/.exec(line)?.[1] ?? '';
  const two = versionOf(sides.initiator) === 2;
  const ike = /\{cipher=(\S+) integ=(\S+) prf=(\S+) ke=(\w+?)(?: addke1=(\w+))?(?: addke2=(\w+))?\}/.exec(line);
  if (ike !== null && /processed IKE_SA_INIT response/.test(line)) {
    const [, encryption = '', integrity = '', prf = '', group = '', ake1, ake2] = ike;
    const stated = { encryption, integrity, prf, group, ...(ake1 !== undefined && { ake1 }), ...(ake2 !== undefined && { ake2 }) };
    return differs(stated, talk(sides, 'ikev2-ike', 'sa-init'), 'ikev2-ike');
  }
  const isakmp = /ISAKMP SA established \{auth=(\w+) cipher=(\S+) integ=(\S+) group=(\w+)\}/.exec(line);
  if (isakmp !== null) {
    const [, , encryption = '', hash = '', group = ''] = isakmp;
    groups.set(name, algorithmNamed('group', 'ikev1-phase1', group).id);
    return differs({ encryption, hash, group }, talk(sides, 'ikev1-phase1', 'main'), 'ikev1-phase1');
  }
  const child = /(?:initiator established Child SA|IPsec SA established).*xfrm=([A-Z0-9_]+)(?:-([A-Z0-9_]+))?/.exec(line);
  if (child !== null) {
    const [, encryption = '', integrity = 'n/a'] = child;
    const negotiation = two ? 'ikev2-child' : 'ikev1-phase2';
    return differs({ encryption, integrity }, talk(sides, negotiation, two ? 'auth' : 'quick', groups.get(name)), negotiation);
  }
  const asked = /INVALID_KE_PAYLOAD response to .*?(\w+); resending with suggested (\w+)/.exec(line);
  if (asked !== null) {
    const wanted = algorithmNamed('group', 'ikev2-ike', asked[2] ?? '').id;
    const first = talk(sides, 'ikev2-ike', 'sa-init')?.rounds[0].response;
    return first?.wantsGroup === wanted ? [] : [`group asked for: wanted ${wanted}, predicted ${first?.wantsGroup}`];
  }
  const later = /CREATE_CHILD_SA failed with error notification INVALID_KE_PAYLOAD response suggesting (\w+) instead of/.exec(line);
  if (later !== null) {
    const wanted = algorithmNamed('group', 'ikev2-child', later[1] ?? '').id;
    const first = talk(sides, 'ikev2-child', 'create-child')?.rounds[0].response;
    return first?.wantsGroup === wanted ? [] : [`group asked for: wanted ${wanted}, predicted ${first?.wantsGroup}`];
  }
  if (/NO_PROPOSAL_CHOSEN/.test(line) && /rejected|ignoring/.test(line)) {
    const initial = /IKE_SA_INIT response containing/.test(line);
    const secured = / secured informational/.test(line);
    const [negotiation, step]: [Negotiation, Step] = initial
      ? ['ikev2-ike', 'sa-init']
      : two
        ? ['ikev2-child', 'auth']
        : secured
          ? ['ikev1-phase2', 'quick']
          : ['ikev1-phase1', sides.initiator['aggressive'] === 'yes' || sides.initiator['aggrmode'] === 'yes' ? 'aggressive' : 'main'];
    const last = talk(sides, negotiation, step, groups.get(name))?.rounds.at(-1)?.response;
    return last?.wire.kind === 'notify' && last.wire.type === 14
      ? []
      : [`wanted NO_PROPOSAL_CHOSEN, predicted ${last?.outcome} ${last?.wire.kind}`];
  }
  return undefined;
}

function fileOf(directory: string, host: string): string | undefined {
  return [`libreswan/${directory}/${host}.conf`, `libreswan/${directory}/ipsec.conf`].find(corpusHas);
}

/** A statement, and what was typed before it. */
interface Stated extends Typed {
  readonly line: string;
}

/** The statements in the order of the console, each with the connections of that moment. */
function timeline(directory: string, host: string, statements: readonly string[], known: ReadonlyMap<string, Connection>): Stated[] {
  const typed: Typed = { connections: new Map(known), impaired: new Map() };
  const console = corpusText(`libreswan/${directory}/${host}.console.txt`).split('\n');
  let next = 0;
  const stated: Stated[] = [];
  for (const line of console) {
    type(line, typed);
    if (line !== statements[next]) continue;
    stated.push({ line, connections: new Map(typed.connections), impaired: new Map(typed.impaired) });
    next++;
  }
  if (next < statements.length) throw new Error(`not on the console of ${directory}: ${statements[next]}`);
  return stated;
}

const NOT_CONNECTIONS: readonly string[] = ['base', 'common', DEFAULT];

function explain(directory: string, consoles: Consoles): Explained {
  const problems: string[] = [];
  let compared = 0;
  for (const [host, lines] of Object.entries(consoles)) {
    const own = fileOf(directory, host);
    const other = fileOf(directory, 'east');
    const swan = corpusHas(`libreswan/${directory}/east.swanctl.conf`);
    if (host === 'east' || own === undefined || (other === undefined && !swan)) continue;
    const theirs = other === undefined ? undefined : connections(corpusText(other));
    const groups = new Map<string, number>();
    for (const { line, connections: mine, impaired } of timeline(directory, host, lines, connections(corpusText(own)))) {
      const name = /^"([^"]+)"/.exec(line)?.[1] ?? '';
      const initiator = mine.get(name);
      if (!initiator) continue;
      const responders = theirs === undefined ? 'strongswan' : respondersFor(name, initiator, theirs, own === other);
      try {
        const wrong = judged(line, { initiator, responders, impaired }, groups);
        if (wrong) compared++;
        problems.push(...(wrong ?? []).map((each) => `${line}\n  ${each}`));
      } catch (error) {
        problems.push(`${line}\n  ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return {
    id: directory,
    by: compared > 0 && problems.length === 0 ? [`${LIBRESWAN}, ${compared} statements`] : [],
    detail: problems.join('\n'),
  };
}

/** The connection of the same name, or in one file for both sides every one that may answer. */
function respondersFor(name: string, initiator: Connection, theirs: ReadonlyMap<string, Connection>, shared: boolean): Connection[] {
  const same = theirs.get(name);
  if (!shared && same) return [same];
  return [...theirs]
    .filter(([each, connection]) => !NOT_CONNECTIONS.includes(each) && versionOf(connection) === versionOf(initiator))
    .map(([, each]) => each);
}

const UNEXPLAINED: Readonly<Record<string, string>> = {
  'ikev2-21-mode-mismatch-01': 'transport mode is asked for by a notify beside the SA, which a selector is not told of',
  'ikev2-ddos-cookie-02-mangle': 'a broken cookie, before any proposal is looked at',
};

export function libreswanConsoles(): Family {
  const all = corpusJson('expected/libreswan-outcomes.json') as Readonly<Record<string, Consoles>>;
  return {
    title: "libreswan's consoles",
    cases: Object.entries(all).map(([directory, consoles]) => explain(directory, consoles)),
    unexplained: UNEXPLAINED,
  };
}
