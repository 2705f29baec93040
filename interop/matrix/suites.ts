/** What was settled on, as text: of an SA payload, and of a profile's choice. Types that come to nothing are left out. */
import { type Algorithm, clauses, formatSuite, type Negotiation, type Offer, type Response, type Slot } from '../../src/proposals/index.ts';

/** The suite of an answer; null when it is none. Of an AND group the suites of all protocols, joined by `+`. */
export function suiteOfAnswer({ negotiation, groups }: Offer): string | null {
  const [group] = groups;
  if (group === undefined) return null;
  const texts = group.proposals.map((proposal) => {
    const [clause] = clauses(negotiation, proposal, [0, 0]);
    if (clause === undefined) return null;
    const choices = [...clause.slots].flatMap(([slot, each]) => each.slice(0, 1).map((choice) => [slot, choice] as const));
    return suiteText(choices, negotiation, proposal.protocol);
  });
  return texts.includes(null) ? null : texts.join('+');
}

/** The suite that a profile selected; null when it selected none. */
export function suiteOfResponse(response: Response, negotiation: Negotiation): string | null {
  if (response.outcome !== 'selected') return null;
  const { parts } = response.selection;
  return parts
    .map(({ protocol, choices }) =>
      suiteText(
        choices.map((choice) => [choice.slot, choice] as const),
        negotiation,
        protocol,
      ),
    )
    .join('+');
}

/** The method of authentication and the mode stand beside a suite; NONE is not said. */
function suiteText(choices: readonly (readonly [Slot, Algorithm])[], negotiation: Negotiation, protocol: number): string {
  const said = choices.filter(([slot, { id }]) => slot !== 'auth' && slot !== 'mode' && (id !== 0 || slot === 'esn'));
  const suite = Object.fromEntries(said.map(([slot, { id, keyBits }]) => [slot, keyBits === undefined ? { id } : { id, keyBits }]));
  return formatSuite(suite, negotiation, protocol);
}
