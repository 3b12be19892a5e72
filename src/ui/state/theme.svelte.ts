/** Light or dark: the system's preference until the reader chooses, then what they chose. */
export type Theme = 'light' | 'dark';

const key = 'cocos-theme';
const system = () => window.matchMedia('(prefers-color-scheme: dark)');

function remembered(): Theme | null {
  try {
    const theme = localStorage.getItem(key);
    return theme === 'light' || theme === 'dark' ? theme : null;
  } catch {
    return null; // storage forbidden: the system's preference decides
  }
}

export class ThemeState {
  #current = $state.raw<Theme>(remembered() ?? (system().matches ? 'dark' : 'light'));

  constructor() {
    this.#show();
    system().addEventListener('change', (event) => {
      if (remembered() === null) this.#set(event.matches ? 'dark' : 'light');
    });
  }

  get current(): Theme {
    return this.#current;
  }

  toggle(): void {
    this.#set(this.#current === 'dark' ? 'light' : 'dark');
    try {
      localStorage.setItem(key, this.#current);
    } catch {
      // Storage forbidden: the choice lasts as long as the page.
    }
  }

  #set(theme: Theme): void {
    this.#current = theme;
    this.#show();
  }

  #show(): void {
    document.documentElement.dataset.theme = this.#current;
  }
}
