// A sign-up that waits for its mailed code. In memory only: a reload asks for the password again.

let waiting = null;

export const remember = (email, password) => {
  waiting = { email, password };
};

export const waitingSignUp = () => waiting;

export const forget = () => {
  waiting = null;
};
