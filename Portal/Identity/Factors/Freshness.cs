using Database;
using Microsoft.Extensions.Options;

namespace Portal.Identity.Factors;

/// <summary>
/// Whether somebody has shown who they are so recently that money may move: by a second factor where they have one, by the password
/// where they have none.
/// </summary>
internal sealed class Freshness(Db db, IOptions<IdentityOptions> options, TimeProvider clock)
{
    public TimeSpan Length => options.Value.FreshFor;

    public async Task<bool> Is(SignedIn signedIn)
    {
        var since = clock.GetUtcNow() - Length;
        if (signedIn.AuthenticatedAt < since) return false;
        if (signedIn.SecondFactorAt >= since) return true;
        // the factors that lie here mean nothing to a company's or the staff's own issuer
        return signedIn.IssuerKey != SignIn.IssuerSettings.Deployment || !await MustShowTwo(signedIn.PersonId);
    }

    /// <summary>The <c>acr</c> that a renewed sign-in is asked for; null where one factor is all there is.</summary>
    public async Task<string?> Acr(PersonId person) => options.Value.IsOwnProvider
        ? await MustShowTwo(person) ? Proof.TwoFactors : null
        : string.Join(' ', options.Value.SecondFactorAcr) is { Length: > 0 } asked ? asked : null;

    // what a foreign issuer can ask for is in the settings, not in our tables
    private async Task<bool> MustShowTwo(PersonId person) => options.Value.IsOwnProvider
        ? (await PersonFactors.Of(db, person)).Any
        : options.Value.SecondFactorAcr.Count > 0;
}
