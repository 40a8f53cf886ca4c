import type { KubernetesObject } from '@virtkit/core-types';
import type { Patch, SubresourceWriteOptions } from '../resource/options.ts';
import type { ResourceClient } from '../resource/resource-client.ts';

/** The client that is about to write. */
export type CheckedClient<T extends KubernetesObject> = Pick<ResourceClient<T>, 'definition' | 'get'>;

/** Where a write goes, with its namespace settled. */
export interface CheckOptions extends SubresourceWriteOptions {
  readonly namespace: string;
}

/**
 * What is looked at before a write is sent. Each method raises the `ApiError` that the write is to fail with; what is sent is
 * none of its business.
 */
export interface WriteCheck {
  /** An object that the caller gives, whole or in part, before anything else is done with it. */
  object<T extends KubernetesObject>(client: CheckedClient<T>, object: T): void;
  /** A new object. */
  creation<T extends KubernetesObject>(
    client: CheckedClient<T>,
    object: T,
    options: CheckOptions,
  ): Promise<void>;
  /** An object that takes the place of the stored one. */
  replacement<T extends KubernetesObject>(
    client: CheckedClient<T>,
    object: T,
    options: CheckOptions,
  ): Promise<void>;
  /** A patch of an object that was not read. */
  patch<T extends KubernetesObject>(
    client: CheckedClient<T>,
    name: string,
    patch: Patch,
    options: CheckOptions,
  ): Promise<void>;
  /** A change of an object that was just read. */
  change<T extends KubernetesObject>(
    client: CheckedClient<T>,
    sides: { readonly stored: T; readonly changed: T },
    options: SubresourceWriteOptions,
  ): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

/** Everything is left to the server. */
export const noCheck: WriteCheck = {
  object: () => undefined,
  creation: nothing,
  replacement: nothing,
  patch: nothing,
  change: nothing,
};
