/**
 * What an answer of IKEv2 negotiated for an IKE SA.
 *
 * @module
 */
import { KEY_LENGTH_ATTRIBUTE, type Proposal } from '../../proposals/model.ts';
import type { SealingSuite } from '../crypto/sealing-v2.ts';
import type { Payload } from '../payloads/index.ts';

/** What messages are sealed with, and the PRF. */
export interface NegotiatedSuite extends SealingSuite {
  readonly prf?: number;
}

const PROTOCOL_IKE = 1;
const SPI_BYTES = 8;
const [ENCRYPTION, PRF, INTEGRITY] = [1, 2, 3];

/** The suite of the first proposal for an IKE SA among the payloads. */
export function negotiatedSuite(payloads: readonly Payload[]): NegotiatedSuite | undefined {
  const transforms = ikeProposal(payloads)?.transforms ?? [];
  const find = (type: number) => transforms.find((each) => each.kind === 'single' && each.type === type);
  const encryption = find(ENCRYPTION);
  if (!encryption) return undefined;
  const length = encryption.attributes.find(({ type }) => type === KEY_LENGTH_ATTRIBUTE);
  const [prf, integrity] = [find(PRF)?.id, find(INTEGRITY)?.id];
  return {
    encryption: { id: encryption.id, ...(length?.form === 'TV' && { keyBits: length.value }) },
    ...(prf !== undefined && { prf }),
    ...(integrity !== undefined && { integrity }),
  };
}

/** The SPI that a CREATE_CHILD_SA names for a new IKE SA; nothing when it is about a child. */
export function rekeySpi(payloads: readonly Payload[]): Uint8Array | undefined {
  const spi = ikeProposal(payloads)?.spi;
  return spi?.length === SPI_BYTES ? spi : undefined;
}

function ikeProposal(payloads: readonly Payload[]): Proposal | undefined {
  const sa = payloads.find((payload) => payload.kind === 'sa');
  const proposal = sa?.body.offer.groups[0]?.proposals[0];
  return proposal?.protocol === PROTOCOL_IKE ? proposal : undefined;
}
