/** How the server is reached now. */
export interface Address {
  url: string;
  ca: string;
  token: string;
}

/** Where the server is, over its restarts. */
export class Endpoint {
  #address = Promise.withResolvers<Address>();
  #isUp = false;

  /** The address, as soon as there is one. */
  get address(): Promise<Address> {
    return this.#address.promise;
  }

  up(address: Address): void {
    this.#isUp = true;
    this.#address.resolve(address);
  }

  down(): void {
    // Who waits already goes on waiting for the same promise.
    if (this.#isUp) this.#address = Promise.withResolvers();
    this.#isUp = false;
  }
}
