/**
 * Numbers of IKEv1 authentication methods that the probe itself needs to know.
 *
 * @see RFC 2409 Appendix A
 * @module
 */

/** Pre-shared key: asked first, and what an offer without a method means. */
export const PSK = 1;
/** RSA signatures and the two XAUTH methods: what a gateway without pre-shared keys is likely to want. */
export const LIKELY_METHODS: readonly number[] = [3, 65001, 65005];
/** A method that no specification and no vendor defines: who takes it does not look at the method. */
export const UNDEFINED_METHOD = 4242;
