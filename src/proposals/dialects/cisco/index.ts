/**
 * Cisco's policy lines: IKE policies, IKEv2 proposals and transform sets of IOS and ASA.
 *
 * @module
 */
export { type CiscoOptions, parseCisco } from './read.ts';
export type {
  CiscoConfig,
  CiscoFault,
  CiscoIkePolicy,
  CiscoIkev2Order,
  CiscoParameter,
  CiscoPlatform,
  CiscoSetProtocol,
  CiscoTransform,
  CiscoTransformSet,
} from './model.ts';
export { ciscoConfig, ciscoPolicy, type CiscoUse, type CiscoWriting } from './policy.ts';
export { printCisco, printCiscoPolicy } from './print.ts';
