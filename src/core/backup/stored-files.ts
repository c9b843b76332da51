/** Files in the data folder that belong to the rows of a table. */
export interface StoredFiles {
  table: string;
  /** The folder below the data folder that holds them all. */
  folder: string;
  /** SQL of the path of a row's file below that folder, with `/` between its parts. */
  path: string;
}

/** SQL of the path of a row's file below the data folder. */
export const pathIn = ({ folder, path }: StoredFiles): string => `('${folder}/' || ${path})`;
