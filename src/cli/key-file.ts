/**
 * The keys of a run's sessions as one file: lines for Wireshark's two tables, each under its table's name.
 *
 * @module
 */

/** Two fields are IKEv1's, eight IKEv2's. */
export class KeyFile {
  readonly #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(line);
  }

  text(): string {
    return TABLES.map(({ name, fields }) => {
      const own = this.#lines.filter((line) => line.split(',').length === fields);
      return own.length === 0 ? '' : `# ${name}\n${own.map((line) => `${line}\n`).join('')}`;
    }).join('');
  }
}

const TABLES = [
  { name: 'ikev1_decryption_table', fields: 2 },
  { name: 'ikev2_decryption_table', fields: 8 },
] as const;
