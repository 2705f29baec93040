/** Writes the template of the report page when it is out of date. */
export function buildPage(): Promise<void>;
/** The template's text. */
export function pageTemplate(): Promise<string>;
