using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace Portal.Identity.Applications;

/// <summary>Carries a new secret over the redirect after the post, in a cookie encrypted by data protection that the next page takes away.</summary>
internal static class OneTimeSecret
{
    public static void Keep(ITempDataDictionary data, string of, string secret) => data[Name(of)] = secret;

    /// <summary>The secret, once; null when it was shown before.</summary>
    public static string? Take(ITempDataDictionary data, string of) => data[Name(of)] as string;

    private static string Name(string of) => $"secret of {of}";
}
