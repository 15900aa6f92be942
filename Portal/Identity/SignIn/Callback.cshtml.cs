using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Identity.Sessions;

namespace Portal.Identity.SignIn;

/// <summary>Where an issuer sends the browser back to (OpenID Connect Core 3.1.2.5 to 3.1.3.7). Each relation has an address of its own.</summary>
[AllowAnonymous]
internal sealed class CallbackModel(
    Issuers issuers, IdTokens idTokens, CompleteSignIn complete, IDataProtectionProvider protection, TimeProvider clock,
    ILogger<CallbackModel> log) : PageModel
{
    private const string Stale = "This sign-in was started in another browser, took too long, or was finished before.";

    public string Heading { get; private set; } = "You are not signed in";

    public string Text { get; private set; } = "";

    public string Onward { get; private set; } = Paths.SignIn;

    public string OnwardText { get; private set; } = "Sign in again";

    /// <summary>Whether somebody who is signed in was asked again who they are.</summary>
    public bool IsAgain { get; private set; }

    public async Task<IActionResult> OnGet(string? key, string? code, string? state, string? error, string? iss)
    {
        Response.Headers.CacheControl = "no-store";
        // RFC 6749 section 10.12: an answer to a request that this browser did not make
        var asked = Correlation.Take(HttpContext, protection, state ?? "", clock.GetUtcNow());
        if (asked is null) return HttpContext.SignedInOrNull() is null ? No(Stale) : this.SeeOther(Texts.LocalPath(null));
        // RFC 6749 section 3.1: no parameter twice; RFC 9700 section 4.4.2: an answer at the address of another issuer
        if (Request.Query.Any(pair => pair.Value.Count > 1) || (key ?? IssuerSettings.Deployment) != asked.IssuerKey) return No(Stale);
        if (asked.IssuerKey != IssuerSettings.Deployment) (Onward, OnwardText) = asked.IssuerKey == IssuerSettings.Staff
            ? (Paths.Staff, "Sign in again")
            : (Paths.Company, "Sign in with your company");
        if (await issuers.Find(asked.IssuerKey) is not { } issuer) return No("This company sign-in has been switched off.");
        try
        {
            // RFC 9207 section 2.4: an answer of another issuer
            var metadata = await issuer.Metadata(HttpContext.RequestAborted);
            var mustName = metadata.AuthorizationResponseIssParameterSupported is true;
            if ((iss is not null || mustName) && iss != metadata.Issuer)
            {
                log.LogWarning("A sign-in answer names {Issuer} as its issuer", Texts.Cut(iss, 200));
                return No(Stale);
            }

            if (!string.IsNullOrEmpty(error))
            {
                log.LogInformation("Issuer {Key} refused a sign-in: {Error}", issuer.Key, Texts.Cut(error, 60));
                return No(Refusal(error));
            }

            if (string.IsNullOrEmpty(code)) return No(Stale);
            var redeemed = await issuer.Redeem(code, asked.Verifier, HttpContext.RequestAborted);
            var subject = await idTokens.Check(issuer, redeemed, asked.Nonce, HttpContext.RequestAborted);
            // OpenID Connect Core 3.1.3.7 no. 13: whoever was asked again has just signed in there, or nothing is shown by it
            if (asked.FreshFor is { } age && !(subject.SaidAt > clock.GetUtcNow() - age)) return NotAskedAgain(issuer, subject, asked.ReturnTo);
            return Show(await complete.Run(new SignInAnswer(issuer, subject, redeemed.IdToken, HttpContext.Ip(), HttpContext.UserAgent())
            {
                Joins = Joining(asked),
                Before = HttpContext.SignedInOrNull(),
            }), asked.ReturnTo);
        }
        catch (IssuerException trouble)
        {
            log.LogWarning(trouble, "A sign-in at issuer {Key} could not be completed", issuer.Key);
            return No("The sign-in could not be completed. Try again; if it fails again, tell support when it happened.");
        }
    }

    // whoever asked to join must still be the one who is signed in
    private PersonId? Joining(Correlation asked) => asked.Joins is null
        ? null
        : HttpContext.SignedInOrNull() is { IsByCompany: false, Looking: null } signedIn && signedIn.PersonId.Value == asked.Joins
            ? signedIn.PersonId
            : throw new IssuerException("The person who wanted to join is not signed in any more.");

    private IActionResult Show(SignInOutcome outcome, string returnTo) => outcome switch
    {
        SignInOutcome.Welcome(var secret) => Welcome(secret, returnTo),
        SignInOutcome.AddressNotVerified => No("Your sign-in provider has not verified your e-mail address. Verify it there, then try again."),
        SignInOutcome.AddressTaken => Taken(),
        SignInOutcome.NotOfCompany(var company) => No(
            $"Your e-mail address lies in no domain that {company} has proven to be its own. Ask whoever manages {company}'s account here."),
        SignInOutcome.NoRole(var company) => No($"{company} gives you no role here. Ask whoever manages {company}'s account or its groups."),
        SignInOutcome.TakenOut(var company) => No($"You are no member of {company}'s account any more. Ask whoever manages it for an invitation."),
        SignInOutcome.CompanyOnly(var company) => CompanyOnly(company, returnTo),
        SignInOutcome.NotStaff => No("You are not staff of this provider, or not any more."),
        SignInOutcome.OneFactor => No("Staff sign in with a second factor, and your sign-in provider did not ask for one. Set one up there, then try again."),
        SignInOutcome.Closed => No("This sign-in has been closed."),
        var other => throw new InvalidOperationException($"{other} is no outcome of a sign-in."),
    };

    // RFC 6749 section 4.1.2.1, OpenID Connect Core 3.1.2.6
    private static string Refusal(string error) => error switch
    {
        "access_denied" => "The sign-in was cancelled.",
        "login_required" or "interaction_required" or "account_selection_required" or "consent_required" =>
            "The sign-in provider wants you to sign in there first.",
        "temporarily_unavailable" or "server_error" => "The sign-in provider has a problem right now. Try again in a minute.",
        _ => "The sign-in provider refused the sign-in.",
    };

    // a new secret at each sign-in: what somebody planted before is worth nothing (session fixation)
    private IActionResult Welcome(string secret, string returnTo)
    {
        Correlation.Clear(HttpContext);
        Response.Cookies.Append(SessionHandler.Cookie, secret, SessionHandler.CookieRules);
        return this.SeeOther(returnTo);
    }

    private PageResult Taken()
    {
        if (Onward != Paths.Company)
            return No("Your e-mail address already belongs to somebody who signs in another way. Write to support to join the two.");
        (Onward, OnwardText) = (Paths.SignIn + QueryString.Create("returnTo", Paths.Company), "Sign in as before");
        return No("You already have a sign-in of your own here. Sign in as before once, then choose “Join my sign-in with the company's”.");
    }

    private PageResult NotAskedAgain(Issuer issuer, Subject subject, string returnTo)
    {
        var host = new Uri(issuer.Name).Authority;
        Heading = "You were not asked who you are";
        (Onward, OnwardText, IsAgain) = (Factors.GoOnModel.Confirm(returnTo), "Ask again", true);
        return No(subject.SaidAt is null
            ? $"This needs proof that it is you, given in the last minutes, and {host} does not say when you signed in there. Whoever looks after it can "
                + "switch that on (the claim auth_time). Nothing has been done."
            : $"This needs proof that it is you, given in the last minutes, and {host} did not ask you. Sign out there, then try again. Nothing has been "
                + "done.");
    }

    private PageResult CompanyOnly(Companies.CompanyIssuer company, string returnTo)
    {
        Heading = $"{company.AccountName} signs in at its own provider";
        (Onward, OnwardText) = (
            Paths.SignIn + QueryString.Create(new Dictionary<string, string?> { ["company"] = company.Id.Value, ["returnTo"] = returnTo }),
            $"Go on to {company.Host}");
        return No($"Your password was right, but {company.AccountName} wants its people to sign in at {company.Host}.");
    }

    private PageResult No(string text)
    {
        Text = text;
        return Page().With(StatusCodes.Status400BadRequest);
    }
}
