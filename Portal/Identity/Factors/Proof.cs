namespace Portal.Identity.Factors;

/// <summary>When and how somebody last proved who they are: <c>auth_time</c> and <c>amr</c> of OpenID Connect Core 2.</summary>
/// <param name="Amr">Values of RFC 8176 section 2, separated by blanks, e.g. <c>pwd otp mfa</c>; empty where nothing is known.</param>
internal sealed record Proof(DateTimeOffset At, string Amr)
{
    /// <summary>The <c>acr</c> of a sign-in by one factor.</summary>
    public const string OneFactor = "urn:portal:acr:1";

    /// <summary>The <c>acr</c> of a sign-in by two factors, or by a passkey that verified its user.</summary>
    public const string TwoFactors = "urn:portal:acr:2";

    public const int LongestAmr = 60;

    public bool IsTwoFactors => Has(Amr, "mfa");

    public string Acr => IsTwoFactors ? TwoFactors : OneFactor;

    public DateTimeOffset? SecondFactorAt => IsTwoFactors ? At : null;

    public static Proof Password(DateTimeOffset at) => new(at, "pwd");

    /// <summary>What an issuer said, as far as there is room; <c>mfa</c> is never cut off.</summary>
    public static string Join(IEnumerable<string> values, bool twoFactors)
    {
        var known = values.Distinct(StringComparer.Ordinal).ToList();
        var joined = twoFactors || known.Contains("mfa") ? "mfa" : "";
        foreach (var value in known.Where(value => value != "mfa" && value.Length > 0 && value.Length + joined.Length < LongestAmr))
            joined = joined.Length == 0 ? value : $"{joined} {value}";
        return joined;
    }

    public static bool Has(string amr, string value) => amr.Split(' ').Contains(value, StringComparer.Ordinal);
}
