/** The version of the package. A test keeps it equal to package.json, so that start-up reads no file. @module */

/** As in package.json. */
export const VERSION = '0.1.0';
