/**
 * The first requests of a probe: all that can be said before the peer has answered.
 *
 * @module
 */
import { parseSuite } from '../proposals/notation.ts';
import { askingsOf } from './fingerprint/askings.ts';
import { type Known, knownOf, negotiationOf, type OddExchange } from './fingerprint/known.ts';
import { ODD_REQUESTS } from './fingerprint/requests.ts';
import { Grid } from './grid.ts';
import { mapIkev1 } from './map-ikev1.ts';
import { mapIkev2 } from './map-ikev2.ts';
import type { ProbeOptions } from './probe.ts';
import type { Question } from './question.ts';

/** One request and what it is for. */
export interface PlannedQuestion {
  readonly question: Question;
  readonly description: string;
}

/** The first question of every exchange that would be tried. */
export function firstQuestions(options: ProbeOptions): readonly PlannedQuestion[] {
  const planned: PlannedQuestion[] = [];
  const { v1, v2 } = options.universe;
  const add = (question: Question | undefined, description: string): void => {
    if (question !== undefined) planned.push({ question, description });
  };
  if (v1 !== undefined && options.ike !== 'v2' && options.mode !== 'aggressive') {
    const [question] = mapIkev1({ grid: new Grid(v1.boxes), methods: v1.auth.map(({ id }) => id) }).next().value as readonly Question[];
    add(question, 'as many transforms as one request holds');
    add(question?.instead, 'the same in a small datagram, if the large one gets no answer');
  }
  if (v2 !== undefined && options.ike !== 'v1') {
    const [question] = mapIkev2(new Grid(v2.boxes)).next().value as readonly Question[];
    add(question, 'the half of the universe that is likeliest to hold an accepted suite');
    add(question?.instead, 'a part of it in a small datagram, if the large one gets no answer');
  }
  if (options.fingerprint === true) planned.push(...oddQuestions(options));
  return planned;
}

/** The odd requests of `--fingerprint`, as they would be put to a peer that accepts these suites. */
function oddQuestions({ ike, mode, universe: { v1, v2 } }: ProbeOptions): readonly PlannedQuestion[] {
  const main = v1 !== undefined && ike !== 'v2' && mode !== 'aggressive';
  const exchanges: readonly OddExchange[] = [
    ...(main ? (['ikev1-main'] as const) : []),
    ...(v2 !== undefined && ike !== 'v1' ? (['ikev2-init'] as const) : []),
  ];
  return exchanges.flatMap((name) =>
    askingsOf([assumed(name)], ODD_REQUESTS).map(({ request: { id, exchange, asks }, offer }) => ({
      question: { exchange, ...offer },
      description: `${id}: ${asks} (only if it tells more; made of suites that the peer accepts)`,
    })),
  );
}

function assumed(exchange: OddExchange): Known {
  return knownOf(
    exchange,
    ASSUMED[exchange].map((text) => parseSuite(text, negotiationOf(exchange))),
  );
}

const ASSUMED: Readonly<Record<OddExchange, readonly string[]>> = {
  'ikev1-main': ['aes256-sha256-modp2048', 'aes128-sha1-modp2048'],
  'ikev2-init': ['aes256-sha256-prfsha256-modp2048', 'aes256-sha256-prfsha256-ecp256', 'aes256gcm16-prfsha256-modp2048'],
};
