/** The header that `header: true` stands for. */
export declare const DEFAULT_HEADER = "x-request-id";
/** Whether an id may travel in a header of this name. */
export declare const isHeaderForIds: (name: string) => boolean;
//# sourceMappingURL=header-name.d.ts.map