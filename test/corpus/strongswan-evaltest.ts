/** strongSwan's own regression tests: two configurations, and what the SAs must look like afterwards. */
import { parseStrongswanProposals } from '../../src/proposals/dialects/index.ts';
import type { Choice, Negotiation, Slot } from '../../src/proposals/model.ts';
import type { Policy } from '../../src/proposals/policy.ts';
import { type Conversation, converse, selectorFor, type Setup, type Step } from '../../src/proposals/selectors/index.ts';
import { corpusJson, type Explained, type Family } from './family.ts';
import { algorithmNamed, type Named } from './names.ts';

interface Scenario {
  readonly configured: Readonly<Record<string, readonly string[]>>;
  readonly asserted: readonly { readonly host: string; readonly pattern: string; readonly mustMatch: string }[];
}

/** One SA of one host as asserted: keys and their values, in the words of `swanctl --list-sas --raw`. */
interface Sa {
  readonly protocol: 'ike' | 'ah' | 'esp';
  readonly values: Readonly<Record<string, string>>;
}

const RELEASE = 'strongswan@6.1.0';
const SLOTS: Readonly<Record<string, Slot>> = {
  'encr-alg': 'encryption',
  'integ-alg': 'integrity',
  'prf-alg': 'prf',
  'dh-group': 'group',
  ake1: 'ake1',
};

/** The values of one key in the flattened lines of a configuration, in their order. */
function lines(host: readonly string[], key: string): readonly string[] {
  return host.flatMap((line) => {
    const [name = '', value = ''] = line.split('=', 2).map((part) => part.trim());
    return name === key ? [value] : [];
  });
}

function asserted(pattern: string): readonly Sa[] {
  const [ike = '', child = ''] = pattern.split(/child-sas/);
  const values = (text: string): Record<string, string> =>
    Object.fromEntries(
      [...text.matchAll(/\b(encr-alg|encr-keysize|integ-alg|prf-alg|dh-group|ake1|esn)=([A-Z0-9_]+)/gi)].map(([, key = '', value = '']) => [
        key,
        value,
      ]),
    );
  const found: Sa[] = [];
  if (/prf-alg=/.test(ike)) found.push({ protocol: 'ike', values: values(ike) });
  const children = values(child);
  if (Object.keys(children).length > 0) found.push({ protocol: /\bAH\b/.test(child) ? 'ah' : 'esp', values: children });
  return found;
}

function policies(host: readonly string[], key: string, negotiation: Negotiation, protocol?: 2 | 3): readonly Policy[] {
  return lines(host, key).map((text) => parseStrongswanProposals(text, negotiation, protocol ? { protocol } : {}));
}

/** The SA that the two would agree on, as words; of several connections of the responder the first that agrees. */
function predicted(
  initiator: readonly Policy[],
  responder: readonly Policy[],
  negotiation: Negotiation,
  step: Step,
  ikeGroup?: number,
): Conversation | undefined {
  const [offer] = initiator;
  if (!offer) return undefined;
  const settings = { aggressive_mode_psk: 'yes' };
  const setup = (policy: Policy): Setup => ({ policy, settings });
  for (const policy of responder) {
    const talk = converse(
      selectorFor(RELEASE).configured(negotiation, setup(offer)),
      selectorFor(RELEASE).configured(negotiation, setup(policy)),
      negotiation,
      step,
      { kin: true, ...(ikeGroup !== undefined && { ikeGroup }) },
    );
    if (talk.agreed) return talk;
  }
  return undefined;
}

function choicesOf(talk: Conversation): readonly Choice[] {
  const { response } = talk.rounds.at(-1) as Conversation['rounds'][0];
  return response.outcome === 'selected' ? response.selection.parts.flatMap(({ choices }) => choices) : [];
}

function differs(sa: Sa, choices: readonly Choice[], negotiation: Negotiation): string[] {
  return Object.entries(SLOTS).flatMap(([key, slot]) => {
    const wanted = sa.values[key];
    if (wanted === undefined || (negotiation.startsWith('ikev1') && slot === 'prf')) return [];
    const keyBits = slot === 'encryption' && sa.values['encr-keysize'] !== undefined ? Number(sa.values['encr-keysize']) : undefined;
    const own: Slot = negotiation === 'ikev1-phase1' && slot === 'integrity' ? 'hash' : slot;
    const got = choices.find((choice) => choice.slot === own);
    const named: Named = algorithmNamed(own, negotiation, wanted, sa.protocol === 'ah' ? 2 : 3);
    const same = got !== undefined && got.id === named.id && (keyBits === undefined || (got.keyBits ?? 128) === keyBits);
    return same ? [] : [`${key}: wanted ${wanted}${keyBits ?? ''} (${named.id}), predicted ${got?.id}/${got?.keyBits}`];
  });
}

function explain(id: string, { configured, asserted: statements }: Scenario): Explained {
  const problems: string[] = [];
  let compared = 0;
  for (const { host, pattern, mustMatch } of statements) {
    if (mustMatch !== 'YES') continue;
    const sas = asserted(pattern);
    const other = Object.keys(configured).find((each) => each !== host && (each === 'moon' || each === 'sun'));
    if (sas.length === 0 || other === undefined || !/initiator=yes/.test(pattern)) continue;
    const [mine, theirs] = [configured[host] ?? [], configured[other] ?? []];
    const two = (lines(mine, 'version')[0] ?? '2') === '2';
    for (const sa of sas) {
      compared++;
      const aggressive = lines(mine, 'aggressive').includes('yes');
      const negotiation: Negotiation = sa.protocol === 'ike' ? (two ? 'ikev2-ike' : 'ikev1-phase1') : two ? 'ikev2-child' : 'ikev1-phase2';
      const step: Step = sa.protocol === 'ike' ? (two ? 'sa-init' : aggressive ? 'aggressive' : 'main') : two ? 'auth' : 'quick';
      const key = sa.protocol === 'ike' ? 'proposals' : `${sa.protocol}_proposals`;
      const protocol = sa.protocol === 'ah' ? 2 : 3;
      const lists = [mine, theirs].map((each) => policies(each, key, negotiation, sa.protocol === 'ike' ? undefined : protocol));
      const ikeGroup = step === 'quick' ? algorithmNamed('group', negotiation, sas[0]?.values['dh-group'] ?? '').id : undefined;
      const talk = predicted(lists[0] ?? [], lists[1] ?? [], negotiation, step, ikeGroup);
      // In the first child SA no group is negotiated.
      const words = step === 'auth' ? { ...sa, values: { ...sa.values, 'dh-group': undefined } } : sa;
      const values = Object.fromEntries(Object.entries(words.values).filter(([, value]) => value !== undefined)) as Record<string, string>;
      if (talk === undefined) problems.push(`${host} ${sa.protocol}: predicted to fail`);
      else problems.push(...differs({ ...sa, values }, choicesOf(talk), negotiation).map((line) => `${host} ${sa.protocol} ${line}`));
    }
  }
  return { id, by: compared > 0 && problems.length === 0 ? [`${RELEASE}, ${compared} SAs`] : [], detail: problems.join('\n') };
}

export function strongswanEvaltests(): Family {
  const scenarios = corpusJson('expected/strongswan-evaltest.json') as Readonly<Record<string, Scenario>>;
  const cases = Object.entries(scenarios).map(([id, scenario]) => explain(id, scenario));
  return {
    title: "strongSwan's evaltests",
    cases,
    unexplained: { 'ikev1/net2net-psk-fail': 'asserts what becomes of a wrong pre-shared key, after the proposals agreed' },
  };
}
