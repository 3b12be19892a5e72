/** The version of the playground, as package.json has it: what it makes says so. */
export const build = '0.1.0';
