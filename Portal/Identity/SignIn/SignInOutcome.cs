using Portal.Identity.Companies;

namespace Portal.Identity.SignIn;

/// <summary>A checked ID token and the browser that brought it.</summary>
internal sealed record SignInAnswer(Issuer Issuer, Subject Subject, string IdToken, string Ip, string UserAgent)
{
    /// <summary>The person, signed in already, who wants to sign in through this issuer from now on.</summary>
    public PersonId? Joins { get; init; }

    /// <summary>The session this browser has; its person may only show again who they are.</summary>
    public SignedIn? Before { get; init; }
}

/// <summary>What became of a sign-in.</summary>
internal abstract record SignInOutcome
{
    private SignInOutcome()
    {
    }

    public sealed record Welcome(string Secret) : SignInOutcome;

    /// <summary>The foreign issuer vouches for an address that it has not verified.</summary>
    public sealed record AddressNotVerified : SignInOutcome;

    /// <summary>The address belongs to somebody who signs in otherwise; joining the two silently would hand the account over.</summary>
    public sealed record AddressTaken : SignInOutcome;

    /// <summary>The address lies in no domain that the company has proven to be its own.</summary>
    public sealed record NotOfCompany(string Company) : SignInOutcome;

    /// <summary>The company gives this person no role here.</summary>
    public sealed record NoRole(string Company) : SignInOutcome;

    /// <summary>Somebody of the account has taken the person out of it, or they have left: an invitation brings them back, not the issuer.</summary>
    public sealed record TakenOut(string Company) : SignInOutcome;

    /// <summary>Every account of the person opens by its company's sign-in alone.</summary>
    public sealed record CompanyOnly(CompanyIssuer Company) : SignInOutcome;

    /// <summary>The staff issuer gives this person no role.</summary>
    public sealed record NotStaff : SignInOutcome;

    /// <summary>The staff issuer asked for one factor where the operator wants two.</summary>
    public sealed record OneFactor : SignInOutcome;

    public sealed record Closed : SignInOutcome;
}

/// <summary>Who signs in and for which account, or why not.</summary>
internal readonly record struct Recognised(PersonId? Person, Portal.Accounts.AccountId? Account, SignInOutcome? Refusal)
{
    public static Recognised As(PersonId person, Portal.Accounts.AccountId? account) => new(person, account, null);

    public static implicit operator Recognised(SignInOutcome refusal) => new(null, null, refusal);
}
