/**
 * What has to be so in an IKEv2 SA payload as a whole, each with its paragraph. All of it is INVALID_SYNTAX. @see RFC 7296 §3.10.1
 *
 * Rule 1: reserved octets are ignored on receipt, so they are not looked at. @see RFC 7296 §2.5
 *
 * @module
 */
import type { Offer, Path, Proposal } from '../../model.ts';
import type { DecodedSa } from '../../wire/sa.ts';
import type { Step } from '../profile.ts';

/** A broken rule: `detail` cites the paragraph. */
export interface Fault {
  readonly detail: string;
  readonly path: Path;
}

/** The octets of a proposal's SPI. @see RFC 7296 §3.3.1 */
export function spiSizeOf(step: Step): number {
  if (step === 'sa-init') return 0;
  return step === 'rekey-ike' ? 8 : 4;
}

/** The first fault of a payload, if there is one. */
export function structureFault({ value, faults }: DecodedSa, step: Step): Fault | undefined {
  const [broken] = faults;
  if (value === undefined || broken) return { detail: 'RFC 7296 §3.3: payload lengths', path: [] };
  if (value.offer.groups.length === 0) return { detail: 'RFC 7296 §3.3: an SA payload holds a proposal', path: [] };
  return offerFault(value.offer, step);
}

function offerFault({ groups }: Offer, step: Step): Fault | undefined {
  for (const [g, { number, proposals }] of groups.entries()) {
    if (number !== g + 1 || proposals.length > 1) return { detail: 'RFC 7296 §3.3.1: proposals are numbered 1, 2, 3', path: [g] };
    for (const proposal of proposals) {
      const detail = proposalFault(proposal, step);
      if (detail !== undefined) return { detail, path: [g, 0] };
    }
  }
  return undefined;
}

function proposalFault({ odd, transforms, spi }: Proposal, step: Step): string | undefined {
  if (odd?.nextPayload !== undefined) return 'RFC 7296 §3.3.1: last substruc is 2 or 0';
  if (odd?.transformCount !== undefined) return 'RFC 7296 §3.3.1: number of transforms';
  if (transforms.length === 0) return 'RFC 7296 §3.3.1: a proposal holds a transform';
  if (spi.length !== spiSizeOf(step)) return 'RFC 7296 §3.3.1: SPI size';
  const last = transforms.some((transform) => transform.odd?.nextPayload !== undefined);
  return last ? 'RFC 7296 §3.3.2: last substruc is 3 or 0' : undefined;
}
