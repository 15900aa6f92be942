using Portal.Identity.Factors;

namespace Portal.Tests.Identity.Factors;

/// <summary>A phone's authenticator app: takes the key that the page shows, tells its codes.</summary>
internal sealed class AuthenticatorApp(string key, TimeProvider clock)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public byte[] Secret { get; } = Decode(key);

    /// <summary>The code shown this many steps from now.</summary>
    public string Code(int steps = 0) => Totp.CodeAt(Secret, clock.GetUtcNow() + TimeSpan.FromSeconds(30 * steps));

    /// <summary>Sets the app up through the pages; the recovery codes that were shown.</summary>
    public static async Task<(AuthenticatorApp App, IReadOnlyList<string> Codes)> SetUp(Browser browser, TimeProvider clock)
    {
        var form = await browser.Get("/accounts/security/app");
        var app = new AuthenticatorApp(form.Html.QuerySelector("code.key")!.TextContent, clock);
        var done = await browser.Submit(form, "/accounts/security/app", ("Code", app.Code()));
        return (app, [.. done.Html.QuerySelectorAll(".codes code").Select(code => code.TextContent)]);
    }

    private static byte[] Decode(string key)
    {
        var bits = string.Concat(key.Where(c => !char.IsWhiteSpace(c)).Select(c => Convert.ToString(Alphabet.IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(at => Convert.ToByte(bits.Substring(at * 8, 8), 2))];
    }
}
