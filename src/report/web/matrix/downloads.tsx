/**
 * What one takes along from a cell: the capture, its keys, everything as JSON, and the command that runs it again.
 *
 * @module
 */
import { useState } from 'preact/hooks';
import { fromBase64 } from '../../html/pack.ts';
import type { CellDetails } from '../../matrix/result.ts';
import { copyText, saveFile } from '../give.ts';
import { IconButton } from '../glyph.tsx';

export function Downloads({ details }: { readonly details: CellDetails }) {
  const { id, capture, keys } = details;
  const ikev1 = id.startsWith('v1');
  return (
    <div class="downloads">
      {capture !== null && (
        <IconButton
          icon="download"
          label="Save the capture, for Wireshark"
          onClick={() => saveFile(`${id}.pcap`, 'application/vnd.tcpdump.pcap', fromBase64(capture))}
        >
          Capture
        </IconButton>
      )}
      {keys.length > 0 && (
        <IconButton
          icon="download"
          label="Save the keys, as Wireshark's table of decryption keys"
          onClick={() => saveFile(ikev1 ? 'ikev1_decryption_table' : 'ikev2_decryption_table', 'text/plain', `${keys.join('\n')}\n`)}
        >
          Keys
        </IconButton>
      )}
      <IconButton
        icon="download"
        label="Save all of this cell as JSON"
        onClick={() => saveFile(`${id}.json`, 'application/json', `${JSON.stringify(details, undefined, 2)}\n`)}
      >
        JSON
      </IconButton>
      <CopyLink />
    </div>
  );
}

function CopyLink() {
  const [copied, copy] = useCopied();
  return (
    <IconButton icon={copied ? 'check' : 'link'} label="Copy a link to this cell" onClick={() => copy(location.href)}>
      {copied ? 'Copied' : 'Link'}
    </IconButton>
  );
}

/** A line to be typed elsewhere, with a button that copies it. */
export function CopyLine({ label, text }: { readonly label: string; readonly text: string }) {
  const [copied, copy] = useCopied();
  return (
    <div class="copy-line">
      <span class="label">{label}</span>
      <code tabIndex={0}>{text}</code>
      <IconButton icon={copied ? 'check' : 'copy'} label={copied ? 'Copied' : 'Copy the command'} onClick={() => copy(text)} />
    </div>
  );
}

function useCopied(): readonly [copied: boolean, copy: (text: string) => void] {
  const [copied, setCopied] = useState(false);
  const copy = (text: string): void => {
    void copyText(text).then((done) => {
      setCopied(done);
      setTimeout(() => setCopied(false), 2000);
    });
  };
  return [copied, copy];
}
