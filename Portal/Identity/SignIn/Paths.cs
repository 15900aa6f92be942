namespace Portal.Identity.SignIn;

internal static class Paths
{
    public const string SignIn = "/sign-in";
    public const string Company = "/sign-in/company";
    public const string Staff = "/operations/sign-in";
    public const string Callback = "/sign-in/callback";
    public const string SignOut = "/sign-out";
    public const string SignedOut = "/signed-out";
}
