/** What is wrong with a text in the notation. */
export type NotationFault =
  | 'empty'
  | 'unknown-keyword'
  | 'unknown-protocol'
  | 'wrong-protocol'
  | 'number-too-large'
  | 'duplicate-slot'
  | 'slot-missing'
  | 'too-many';

/** A text that is not in the notation. `offset` counts UTF-16 units from its start; `hint` is the nearest word that is, if one is near. */
export class NotationError extends Error {
  readonly code: NotationFault;
  readonly offset: number;
  readonly hint?: string;

  constructor(code: NotationFault, word: string, offset: number, hint?: string) {
    super(`${code}: ${word}`);
    this.name = 'NotationError';
    this.code = code;
    this.offset = offset;
    if (hint !== undefined) this.hint = hint;
  }
}
