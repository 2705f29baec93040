/**
 * How a claim is known, and the packets that show it.
 *
 * @module
 */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Basis, Evidence } from '../../../probe/result.ts';

/** Opens a packet by its number; undefined when the page has none. */
export const EvidenceContext = createContext<((index: number) => void) | undefined>(undefined);

const MOST = 4;

/** `inferred #3 #4 +2`; nothing for what was observed and needs no packet. */
export function Ground({ basis, evidence = [] }: { readonly basis?: Basis | undefined; readonly evidence?: Evidence | undefined }) {
  const open = useContext(EvidenceContext);
  const shown = evidence.slice(0, MOST);
  if ((basis === undefined || basis === 'observed') && shown.length === 0) return null;
  return (
    <span class="ground">
      {basis !== undefined && basis !== 'observed' && <span class="basis">{basis}</span>}
      {shown.map((index) =>
        open === undefined ? (
          <span>#{index}</span>
        ) : (
          <button type="button" class="packet-link" onClick={() => open(index)} aria-label={`packet ${index}`}>
            #{index}
          </button>
        ),
      )}
      {evidence.length > MOST && <span>+{evidence.length - MOST}</span>}
    </span>
  );
}
