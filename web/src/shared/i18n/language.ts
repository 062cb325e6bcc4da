/** BCP 47 tag of the language of the pages; dates and numbers follow it too. */
export const language = "en";
