/**
 * A profile set up for several negotiations at once: the mind of a whole daemon.
 *
 * @example
 * const select = mindOf(selectorFor('strongswan@5.9.8'), { 'ikev2-ike': { policy: ike }, 'ikev2-child': { policy: child } });
 *
 * @module
 */
import type { Negotiation } from '../model.ts';
import { refusal, SILENCE } from './answers.ts';
import type { Request, Response, Setup } from './profile.ts';
import type { Configured, Selector } from './selector.ts';

/** What is set up for each negotiation; what is left out is met with silence. */
export type Setups = { readonly [N in Negotiation]?: Setup | 'default' | undefined };

/** @throws ConfigError for what the daemon would not load, or has no default for */
export function mindOf(selector: Selector, setups: Setups): (request: Request) => Response {
  const configured = new Map<Negotiation, Configured>();
  for (const [name, setup] of Object.entries(setups)) {
    const negotiation = name as Negotiation;
    if (setup !== undefined) configured.set(negotiation, selector.configured(negotiation, setup === 'default' ? undefined : setup));
  }
  return (request) => configured.get(request.negotiation)?.respond(request) ?? refusal(SILENCE, []);
}
