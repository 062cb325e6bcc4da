/** The front door of a provider: the start page, from which calls begin. */

export { ProviderHome } from "./ProviderHome";
