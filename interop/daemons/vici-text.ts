/** What `swanctl --pretty` prints: sections in braces, lists in brackets, one thing a line. */

/** A section: values, lists and sections by name. */
export interface Section {
  readonly [name: string]: string | readonly string[] | Section;
}

/** Every top section of a text, in its order, under the name of its event. Lines that are none are passed over. */
export function readVici(text: string): readonly Section[] {
  const lines = text.split('\n').map((line) => line.trim());
  let at = 0;
  const section = (): Section => {
    const found: Record<string, string | readonly string[] | Section> = {};
    for (; at < lines.length; at++) {
      const line = lines[at] ?? '';
      if (line === '}') break;
      const [, opened] = /^(.+?) \{$/.exec(line) ?? [];
      const [, listed] = /^(.+?) = \[$/.exec(line) ?? [];
      const [, name, value] = /^(\S+) = (.*)$/.exec(line) ?? [];
      at += opened === undefined && listed === undefined ? 0 : 1;
      if (opened !== undefined) found[opened] = section();
      else if (listed !== undefined) found[listed] = list();
      else if (name !== undefined && value !== undefined) found[name] = value;
    }
    return found;
  };
  const list = (): readonly string[] => {
    const items: string[] = [];
    for (; at < lines.length && lines[at] !== ']'; at++) items.push(lines[at] ?? '');
    return items;
  };
  const sections: Section[] = [];
  for (; at < lines.length; at++) {
    if (!(lines[at] ?? '').endsWith(' {')) continue;
    at++;
    sections.push(section());
  }
  return sections;
}

/** The sections within a section. */
export function sectionsIn(section: Section): readonly (readonly [string, Section])[] {
  return Object.entries(section).flatMap(([name, value]): [string, Section][] => (isSection(value) ? [[name, value]] : []));
}

const isSection = (value: Section[string]): value is Section => typeof value === 'object' && !Array.isArray(value);

/** A value; nothing when it is missing or no plain value. */
export function valueIn(section: Section, name: string): string | undefined {
  const value = section[name];
  return typeof value === 'string' ? value : undefined;
}

export function listIn(section: Section, name: string): readonly string[] {
  const value = section[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
