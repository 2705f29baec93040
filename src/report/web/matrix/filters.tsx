/**
 * The filters: text, case, area, version, daemon. What they say stands in the fragment.
 *
 * @module
 */
import { useEffect, useRef } from 'preact/hooks';
import { areaTitle } from '../../explain-matrix.ts';
import type { MatrixReport } from '../../matrix/result.ts';
import { plural } from '../../page.ts';
import { count, safe } from '../../terminal.ts';
import { FILTER_WORDS, filterOf, isFiltered } from '../filter.ts';
import type { ChangeFragment, Fragment } from '../fragment.ts';
import { Icon, ICONS } from '../glyph.tsx';

interface Props {
  readonly report: MatrixReport;
  readonly fragment: Fragment;
  readonly change: ChangeFragment;
  readonly shown: number;
  readonly comparing: boolean;
}

export function FilterBar({ report, fragment, change, shown, comparing }: Props) {
  const { implementations, cases, cells } = report;
  const families = [...new Set(implementations.map(({ family }) => family))];
  const areas = [...new Set(cases.map(({ area }) => area))];
  const set = (word: string) => (value: string) => change({ [word]: value });
  const clear = (): void => change(Object.fromEntries(FILTER_WORDS.map((word) => [word, ''])));
  return (
    <search class="filters">
      <SearchBox value={fragment['q'] ?? ''} onInput={set('q')} />
      <Choice
        label="Version"
        value={fragment['version']}
        onChoose={set('version')}
        options={[
          ['1', 'IKEv1'],
          ['2', 'IKEv2'],
        ]}
      />
      <Choice label="Area" value={fragment['area']} onChoose={set('area')} options={areas.map((area) => [area, areaTitle(area)])} />
      <Choice
        label="Case"
        value={fragment['case']}
        onChoose={set('case')}
        options={cases.map(({ id, title }) => [id, `${safe(id)} – ${safe(title)}`])}
      />
      <Choice
        label="Daemon"
        value={fragment['daemon']}
        onChoose={set('daemon')}
        options={[
          ...families.map((family) => [family, `${safe(family)}, every release`] as const),
          ...implementations.map(({ id, title }) => [id, safe(title)] as const),
        ]}
      />
      {comparing && (
        <label class="check">
          <input
            type="checkbox"
            checked={fragment['changed'] !== undefined}
            onChange={(event) => change({ changed: event.currentTarget.checked ? '1' : '' })}
          />
          changed only
        </label>
      )}
      <p class="found" role="status">
        {shown === cells.length ? plural(shown, 'cell') : `${count(shown)} of ${plural(cells.length, 'cell')}`}
      </p>
      {isFiltered(filterOf(fragment)) && (
        <button type="button" class="button" onClick={clear}>
          Clear
        </button>
      )}
    </search>
  );
}

/** Every word must be found; `/` jumps here. */
function SearchBox({ value, onInput }: { readonly value: string; readonly onInput: (text: string) => void }) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const jump = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && /^(?:input|select|textarea)$/i.test(event.target.tagName);
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      box.current?.focus();
    };
    addEventListener('keydown', jump);
    return () => removeEventListener('keydown', jump);
  }, []);
  return (
    <label class="search">
      <Icon path={ICONS.search} />
      <input
        ref={box}
        type="search"
        value={value}
        placeholder="Case, daemon, suite, reason…"
        aria-label="Search"
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChoose: (value: string) => void;
  readonly options: readonly (readonly [value: string, text: string])[];
}

function Choice({ label, value = '', onChoose, options }: ChoiceProps) {
  return (
    <label class={value === '' ? 'choice' : 'choice chosen'}>
      <span>{label}</span>
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">any</option>
        {options.map(([each, text]) => (
          <option value={each} selected={each === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
